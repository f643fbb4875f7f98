# SPDX-License-Identifier: MIT
"""Unmodified programs of Debian armel on Linux, native and as a guest."""
import os
import re
import shutil
import statistics
import subprocess

import bench_machine
from bench_machine import Failed, call

PACKAGES = (
    "libc6", "libgcc-s1", "libatomic1", "zlib1g", "libbz2-1.0", "gzip", "bzip2",
    "libtinfo6", "libreadline8", "libsqlite3-0", "sqlite3",
    "libexpat1", "libpython3.11-minimal", "python3.11-minimal", "libnuma1", "rt-tests",
    "libpcre2-8-0", "libssl3", "libcrypt1", "nginx", "libapr1", "libaprutil1", "libuuid1",
    "apache2-utils")
# what of them goes into the root file system, besides all libraries
WANTED = ("bin/gzip", "bin/bzip2", "usr/bin/sqlite3", "usr/bin/python3.11", "usr/bin/hackbench",
          "usr/bin/cyclictest", "usr/sbin/nginx", "usr/bin/ab")
LIBRARY = re.compile(r"(usr/)?lib/(arm-linux-gnueabi/[^/]+|ld-[^/]+|python3\.11/.*|"
                     r"arm-linux-gnueabi/ossl-modules/.*)$")
MIB = 128                                   # memory of Linux, native and as a guest
# Addresses at random move what python3 computes by 0.6 % from one start to the next.
WORDS = "quiet norandmaps"
FOLDERS = ("/proc", "/sys", "/dev", "/tmp", "/bench", "/www", "/etc", "/root", "/run", "/var",
           "/var/log", "/var/log/nginx", "/var/lib", "/var/lib/nginx")
RESULT = re.compile(r"BENCH (\S+) (\d+)")
LATENCY = re.compile(r"T: 0 .*Min: *(\d+) .*Avg: *(\d+) Max: *(\d+)")
TRANSACTIONS = 200


def unpack(out):
    """The packages, fetched once, in a folder of the output directory."""
    folder = os.path.join(bench_machine.cache_folder(), "bench-armel")
    root = os.path.join(bench_machine.work_of(out), "debian")
    subprocess.run([os.path.join(bench_machine.TOOLS, "fetch"), "armel", folder, *PACKAGES],
                   check=True)
    shutil.rmtree(root, ignore_errors=True)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".deb") and name.split("_")[0] in PACKAGES:
            call(["dpkg-deb", "-x", os.path.join(folder, name), root])
    return root


def chosen(root):
    """Paths below root that are wanted, in order."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if path in WANTED or LIBRARY.match(path):
                yield path


def listing(root):
    """Lines for mkcpio of the files of Debian, with the folders they are in."""
    paths = sorted(chosen(root))
    missing = set(WANTED) - set(paths)
    if missing:
        raise Failed(f"error: not in Debian's packages: {' '.join(sorted(missing))}")
    folders = {"/bin", *FOLDERS}
    for path in paths:
        while path := os.path.dirname(path):
            folders.add("/" + path)
    yield from (f"dir {folder} 755" for folder in sorted(folders))
    for path in paths:
        full = os.path.join(root, path)
        yield (f"link /{path} {os.readlink(full)}" if os.path.islink(full)
               else f"file /{path} 755 {{root}}/{path}")


def transactions():
    """Banking, one transaction after the other, as OLTP benchmarks have it."""
    x = 1
    yield "CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER);"
    yield "CREATE TABLE history(id INTEGER PRIMARY KEY, account INTEGER, amount INTEGER);"
    yield "CREATE INDEX by_account ON history(account);"
    yield ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
           "INSERT INTO account SELECT i, 'account ' || i, 1000 FROM n;")
    for _ in range(TRANSACTIONS):
        x = (x * 1664525 + 1013904223) % 2 ** 32
        source, target, amount = x % 500 + 1, (x >> 10) % 500 + 1, x >> 22
        yield (f"BEGIN; UPDATE account SET balance = balance - {amount} WHERE id = {source}; "
               f"UPDATE account SET balance = balance + {amount} WHERE id = {target}; "
               f"INSERT INTO history(account, amount) VALUES({source}, {amount}); COMMIT;")
        yield f"SELECT sum(amount) FROM history WHERE account = {target};"


def initrd(out):
    root, work = unpack(out), bench_machine.work_of(out)
    program, folder = os.path.join(work, "programs"), os.path.join(
        bench_machine.ROOT, "tests/bench")
    call(["arm-linux-gnueabi-gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", program,
          os.path.join(folder, "programs.c")])
    names = {"transactions.sql": "\n".join(transactions()) + "\n",
             "passwd": "root:x:0:0:root:/root:/bin/sh\n", "group": "root:x:0:\n"}
    for name, text in names.items():
        with open(os.path.join(work, name), "w", encoding="ascii") as f:
            f.write(text)
    lines = [*listing(root), "node /dev/console 600 c 5 1", "node /dev/null 666 c 1 3",
             "file /init 755 {program}", "file /bin/busybox 755 {busybox}",
             "link /bin/sh busybox", "file /etc/passwd 644 {work}/passwd",
             "file /etc/group 644 {work}/group",
             "file /bench/transactions.sql 644 {work}/transactions.sql",
             *(f"file /bench/{name} 644 {{folder}}/root/{name}"
               for name in sorted(os.listdir(os.path.join(folder, "root"))))]
    return bench_machine.pack(out, "programs.cpio", "\n".join(lines) + "\n", root=root,
                              program=program, busybox=bench_machine.busybox(out), work=work,
                              folder=folder)


def samples_of(text):
    """What each job took, run by run; a zero is a mark, not a figure."""
    samples = {}
    for job, value in RESULT.findall(text):
        if int(value):
            samples.setdefault(job, []).append(int(value))
    return samples


def measure(out):
    """Nanoseconds of each job, which are instructions: the mean and all samples; cyclictest's own figures."""
    archive, found = initrd(out), {"cyclictest": {}, "samples": {}}
    for name, make in (("native", bench_machine.native_command),
                       ("guest", bench_machine.guest_command)):
        machine = bench_machine.Run(make(out, archive, WORDS, mib=MIB),
                                    bench_machine.work_of(out), f"programs-{name}")
        machine.run()
        if "BENCH end " not in machine.text:
            print(f"  {name}: ended early, the list is cut; see {machine.log}")
        samples = found["samples"][name] = samples_of(machine.text)
        found[name] = {job: round(statistics.mean(values)) for job, values in samples.items()}
        latency = LATENCY.search(machine.text)
        if latency:
            found["cyclictest"][name] = dict(zip(("min", "avg", "max"), map(int, latency.groups())))
        print(f"  {name}: {len(found[name])} programs", flush=True)
    return found
