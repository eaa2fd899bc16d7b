"""The work behind the verbs: typed functions and classes that know nothing about the command line's arguments."""
