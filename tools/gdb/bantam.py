# SPDX-License-Identifier: MIT
"""Commands that show the hypervisor's rooms.  `help bantam` lists them."""
import gdb

PAGE = 4096
SMALL, COARSE, SECTION = 2, 1, 2
MODE, USR = 0x1F, 0x10         # of the CPSR


def value(expression):
    return gdb.parse_and_eval(expression)


def domains():
    """The domains that exist: none before the hypervisor has made them."""
    return [value(f"domains[{i}]").dereference() for i in range(int(value("domain_count")))]


def domain(argument):
    """A domain by number or name; the current one without a word."""
    if not argument:
        current = value("pcpu.current")
        if int(current) == 0:
            raise gdb.GdbError("no vCPU has run yet")
        return current["domain"].dereference()
    for d in domains():
        if argument in (str(int(d["id"])), d["name"].string()):
            return d
    raise gdb.GdbError(f"no domain {argument}; bantam domains lists them")


def name_of(enum_value):
    return str(enum_value).rsplit("::", 1)[-1]


def read_physical(address):
    """A word of machine memory, through QEMU."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        data = gdb.selected_inferior().read_memory(address, 4)
        return int.from_bytes(bytes(data), "little")
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


class Bantam(gdb.Command):
    """The state of the hypervisor: bantam WORD."""

    def __init__(self):
        super().__init__("bantam", gdb.COMMAND_DATA, prefix=True)


class Word(gdb.Command):
    """A word of `bantam`; show() does it.

    QEMU lets gdb read what the processor's mode may: in a guest, nothing of the hypervisor.
    """

    def invoke(self, argument, from_tty):
        if int(value("$cpsr")) & MODE == USR:
            raise gdb.GdbError("stopped in a guest, from where the hypervisor's memory cannot be read; "
                               "first `tbreak irq_handle` and `continue`")
        self.show(argument)


class Domains(Word):
    """bantam domains: one line for each."""

    def __init__(self):
        super().__init__("bantam domains", gdb.COMMAND_DATA)

    def show(self, argument):
        current = int(value("pcpu.current"))
        for d in domains():
            v = d["vcpu"]
            mark = "*" if int(v.address) == current else " "
            print(f"{mark}{int(d['id']):2} {d['name'].string():16} {name_of(d['state']):16} "
                  f"{name_of(v['sched']['state']):14} pc {int(v['regs']['pc']):08x} "
                  f"{'kernel' if v['kernel_mode'] else 'user'}, {int(d['nr_pages']) * 4} KiB, "
                  f"restarts {int(d['restart_count'])}")


class Registers(Word):
    """bantam regs [DOMAIN]: saved registers of its vCPU, by number or name."""

    def __init__(self):
        super().__init__("bantam regs", gdb.COMMAND_DATA)

    def show(self, argument):
        regs = domain(argument)["vcpu"]["regs"]
        words = [(f"r{i}", int(regs["r"][i])) for i in range(13)]
        words += [(name, int(regs[name])) for name in ("sp", "lr", "pc", "psr")]
        for i in range(0, len(words), 4):
            print("  ".join(f"{name:>4} {word:08x}" for name, word in words[i:i + 4]))


class Trace(Word):
    """bantam trace [COUNT]: the newest trace records, the newest last."""

    def __init__(self):
        super().__init__("bantam trace", gdb.COMMAND_DATA)

    def show(self, argument):
        try:
            store = value("trace_store")
        except gdb.error as error:
            raise gdb.GdbError("this build has no trace ring (CONFIG_TRACE)") from error
        ring, count = store["ring"], int(store["count"])
        size = ring.type.range()[1] + 1
        have = min(count, size, int(argument or 32))
        names = gdb.lookup_type("enum trace_event").fields()
        for i in range(count - have, count):
            record = ring[i % size]
            event = int(record["event"])
            name = names[event].name if event < len(names) else str(event)
            print(f"{int(record['time']):10} {name:18} {int(record['a']):08x} "
                  f"{int(record['b']):08x}")


class Frame(Word):
    """bantam frame ADDRESS: what the frame table says of a machine address."""

    def __init__(self):
        super().__init__("bantam frame", gdb.COMMAND_DATA)

    def show(self, argument):
        index = int(value(argument)) // PAGE - int(value("frame_table.base"))
        if not 0 <= index < int(value("frame_table.count")):
            raise gdb.GdbError("that is not RAM")
        frame = value(f"frame_table.entry[{index}]")
        kind = int(frame["info"]) & 7
        types = gdb.lookup_type("enum frame_type").fields()
        owner = int(frame["owner"])
        print(f"owner {'nobody' if owner == 0xFF else 'hypervisor' if owner == 0xFE else owner}, "
              f"{types[kind].name if kind < len(types) else kind}, flags {int(frame['info']) & ~7:#x}, "
              f"type count {int(frame['type_count'])}, ref count {int(frame['ref_count'])}, "
              f"gfn {int(value(f'frame_table.m2p[{index}]')):#x}")


class Walk(Word):
    """bantam walk ADDRESS: the page-table entries of a virtual address, as the core walks them."""

    def __init__(self):
        super().__init__("bantam walk", gdb.COMMAND_DATA)

    def show(self, argument):
        address = int(value(argument)) & 0xFFFFFFFF
        # translation table base, CP15 c2: QEMU shows it by this name
        root = int(value("(unsigned int)$TTBR0_EL1")) & ~0x3FFF
        first = root + (address >> 20) * 4
        entry = read_physical(first)
        print(f"root {root:08x}: [{first:08x}] = {entry:08x} {self.first(entry)}")
        if entry & 3 == COARSE:
            at = (entry & ~0x3FF) + ((address >> 12) & 0xFF) * 4
            leaf = read_physical(at)
            print(f"                [{at:08x}] = {leaf:08x} "
                  f"{f'small page, APs {leaf >> 4 & 0xFF:08b}' if leaf & 3 == SMALL else 'fault'}")

    @staticmethod
    def first(entry):
        number = f"ARM domain {entry >> 5 & 15}"
        return {COARSE: f"coarse table, {number}",
                SECTION: f"section, {number}, AP {entry >> 10 & 3}"}.get(entry & 3, "fault")


for command in (Bantam, Domains, Registers, Trace, Frame, Walk):
    command()
