"""A process that says what its argument spells in hexadecimal, whatever it is asked, and ends when its input does."""

import sys

sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))
sys.stdout.buffer.flush()
sys.stdout.buffer.close()
sys.stdin.buffer.read(20)
