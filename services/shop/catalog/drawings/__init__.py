"""The shop's pictures, drawn: a device of some kind, in a brand's colour and a finish, in three views."""
