# The fuzz targets by clang, with libFuzzer and sanitizers: the product's own sources once more, since coverage must be
# compiled in. Called by `run` in the folder it builds in, with SOURCE.
CC = clang-14
TARGETS = control ledger manifests replies step units
VPATH = $(SOURCE)

PKGS = libcjson yaml-0.1 libmicrohttpd libuv
CFLAGS = -std=gnu17 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CPPFLAGS = -I$(SOURCE) -D_GNU_SOURCE -MMD -MP $(shell pkg-config --cflags $(PKGS))
LIBS = $(shell pkg-config --libs $(PKGS))

sources = $(patsubst $(SOURCE)/%,%,$(wildcard $(patsubst %,$(SOURCE)/%,$(1))))
product := $(call sources,reconcile/base/*.c reconcile/*.c providers/*.c providers/*/*.c manifests/*.c)
common := daemon/batch.c tests/sim/disk.c $(addprefix tests/fuzz/,fail.c core.c setting.c)
control_only := $(call sources,daemon/control*.c)

programs = $(addprefix bin/,$(TARGETS))
all: $(programs)
.PHONY: all

%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

product.a: $(product:.c=.o) $(common:.c=.o)
	rm -f $@
	ar rcs $@ $^

bin/control: $(control_only:.c=.o)
$(programs): bin/%: tests/fuzz/%.o product.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.a,$^) product.a $(LIBS)

-include $(patsubst %.c,%.d,$(product) $(common) $(control_only) $(patsubst %,tests/fuzz/%.c,$(TARGETS)))
