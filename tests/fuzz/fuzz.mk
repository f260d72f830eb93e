# The fuzz targets by clang, with libFuzzer and sanitizers: the product's own sources once more, since coverage must be
# compiled in. Called by `run` in the folder it builds in, with SOURCE; with COUNTED=yes by `coverage`: the same programs
# round replay.c, by gcc, whose runs leave how often each line was run.
TARGETS = $(shell sed -nE 's/^([a-z_0-9]+) .*/\1/p' $(SOURCE)/tests/fuzz/aims | sort -u)
VPATH = $(SOURCE)

PKGS = libcjson yaml-0.1 libmicrohttpd libuv
ifdef COUNTED
CC = gcc
CFLAGS = -std=gnu17 -O0 -g --coverage
DRIVER = tests/fuzz/replay.o
else
CC = clang-14
CFLAGS = -std=gnu17 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
GUIDED = -fsanitize=fuzzer-no-link
LDFLAGS = -fsanitize=fuzzer
endif
CPPFLAGS = -I$(SOURCE) -D_GNU_SOURCE -MMD -MP $(shell pkg-config --cflags $(PKGS))
LIBS = $(shell pkg-config --libs $(PKGS))

sources = $(patsubst $(SOURCE)/%,%,$(wildcard $(patsubst %,$(SOURCE)/%,$(1))))
product := $(call sources,reconcile/base/*.c reconcile/*.c providers/*.c providers/*/*.c manifests/*.c)
common := daemon/batch.c tests/sim/disk.c $(addprefix tests/fuzz/,fail.c core.c setting.c toy.c)
replies := tests/fuzz/replies.c tests/fuzz/exchange.c
control_only := $(call sources,daemon/control*.c)

programs = $(addprefix bin/,$(TARGETS))
all: $(programs)
.PHONY: all

%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(GUIDED) -c -o $@ $<

product.a: $(product:.c=.o) $(common:.c=.o)
	rm -f $@
	ar rcs $@ $^

bin/control: $(control_only:.c=.o)
$(filter bin/replies_%,$(programs)): $(replies:.c=.o)
$(programs): bin/%: tests/fuzz/%.o $(DRIVER) product.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.a,$^) product.a $(LIBS)

-include $(patsubst %.c,%.d,$(product) $(common) $(replies) $(control_only) $(patsubst %,tests/fuzz/%.c,$(TARGETS)))
