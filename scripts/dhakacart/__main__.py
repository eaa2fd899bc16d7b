"""`python -m dhakacart`."""

from dhakacart.main import main

if __name__ == "__main__":
    main()
