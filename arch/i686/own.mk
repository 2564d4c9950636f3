# tables of the size that the psABI asks for, not of a cache's line; without SSE nothing on a stack needs 16 bytes (8 KB)
OWN_CFLAGS = -malign-data=abi -mpreferred-stack-boundary=2
