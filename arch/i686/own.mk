# tables of the size that the psABI asks for, not of a cache's line
OWN_CFLAGS = -malign-data=abi
