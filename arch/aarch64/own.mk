# nobody walks our frames
OWN_CFLAGS = -fomit-frame-pointer
