"""Stands in for the seed: a file `seed-fails` beside it makes it fail."""

import sys
from pathlib import Path

if Path("seed-fails").exists():
    print("the seed has withered")
    sys.exit(1)
