# SPDX-License-Identifier: MIT
"""Compiles modules of Python's own library to byte code and writes it, as a build does."""
import marshal

for name in ("os", "ast", "enum", "functools", "inspect", "threading", "types", "typing"):
    with open(f"/usr/lib/python3.11/{name}.py", encoding="utf-8") as source:
        code = compile(source.read(), name, "exec")
    with open(f"/tmp/{name}.code", "wb") as out:
        out.write(marshal.dumps(code))
