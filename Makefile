# docdb: build, install and test.
#
# make            build docdb.so and docdb--X.Y.sql against $(PG_CONFIG)
# make install    install them there
# make check      everything, on a private server
# make demo       a private server with real documents

EXTENSION = docdb
EXTVERSION = 0.1
MODULE_big = docdb

# One order for sources, includes and the install script; see doc/internals.md.
MODULES_ORDER = base pgbson expr match project update docindex collection crud pipeline command

SRCS = $(foreach m,$(MODULES_ORDER),$(sort $(wildcard src/$(m)/*.c)))
OBJS = $(SRCS:.c=.o)
SQL_PIECES = $(foreach m,$(MODULES_ORDER),$(wildcard src/$(m)/$(m).sql) \
	$(filter-out src/$(m)/$(m).sql,$(sort $(wildcard src/$(m)/*.sql))))

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = $(SRCS:.c=.d)

REGRESS = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
REGRESS_OPTS = --load-extension=docdb

# libbidgcc000.a passes arguments by value and has neither global rounding nor global flags.
BID_LIB = $(firstword $(wildcard /usr/lib/*/libbidgcc000.a /usr/lib/libbidgcc000.a))
PG_CPPFLAGS = -Isrc $(shell pkg-config --cflags libpcre2-8 icu-uc)
PG_CFLAGS = -O2 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -Wno-clobbered -Werror -fvisibility=hidden -MMD -MP
SHLIB_LINK = $(BID_LIB) $(shell pkg-config --libs libpcre2-8) -Wl,--exclude-libs,ALL

PG_CONFIG = pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
override with_llvm = no
include $(PGXS)

$(DATA_built): $(SQL_PIECES) Makefile
	cat $(SQL_PIECES) > $@

-include $(SRCS:.c=.d)

.PHONY: demo demo-stop bench
demo:
	@demo/demo.sh

demo-stop:
	@demo/demo.sh stop

bench:
	@bench/bench.sh
