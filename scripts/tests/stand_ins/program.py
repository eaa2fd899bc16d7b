"""A stand-in for docker or kubectl: `program.py FOLDER ARGUMENTS`. Answers from FOLDER/answers.json, notes calls in FOLDER/calls.

An answer is {"to": part of the arguments, "stdout", "stderr", "status", "seconds"}; the first that matches is given.
"""

import json
import sys
import time
from pathlib import Path

folder, arguments = Path(sys.argv[1]), " ".join(sys.argv[2:])
with (folder / "calls").open("a") as calls:
    calls.write(arguments + "\n")
for answer in json.loads((folder / "answers.json").read_text()):
    if answer["to"] in arguments:
        time.sleep(answer.get("seconds", 0))
        print(answer.get("stdout", ""), end="", flush=True)
        print(answer.get("stderr", ""), end="", file=sys.stderr, flush=True)
        sys.exit(answer.get("status", 0))
