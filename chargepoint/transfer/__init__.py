"""Files from and to servers that the central system names: firmware in, logs out.

``Transfers`` is all that the rest of the program needs; one module for each family of
protocols does the talking, and is loaded when a location names it.
"""
