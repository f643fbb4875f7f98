# SPDX-License-Identifier: MIT
"""Records, calls, arithmetic, lists and strings, as pystone does them."""


class Record:
    def __init__(self, kind, number):
        self.kind, self.number, self.next = kind, number, None

    def copy(self):
        new = Record(self.kind, self.number)
        new.next = self.next
        return new


def step(record, numbers, text):
    record.next = record.copy()
    record.number += len(text) % 7
    numbers[record.number % len(numbers)] += record.kind
    return "".join(sorted(text))[:4] == "aabm"


def main(rounds):
    record, numbers, found = Record(1, 5), [0] * 51, 0
    for n in range(rounds):
        record.kind = n % 5
        found += step(record, numbers, "bantam")
    assert found == rounds and sum(numbers) == sum(n % 5 for n in range(rounds))


main(50000)         # as many as pystone takes of itself
