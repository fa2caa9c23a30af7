# docdb: build, install and test.
#
# make               build docdb.so and docdb--X.Y.sql against $(PG_CONFIG)
# make install       install them there
# make installcheck  the SQL tests, against a running server that has docdb installed
# make check         everything, on a private server: installs what is missing on Debian
# make stress        the long forms of the tests that try their luck; MINUTES=60
# make lint          the rules of the source code
# make demo          a private server with real documents; make demo-stop ends it
# make bench         the same work on docdb and on jsonb, as a table
#
# Variables: PG_CONFIG (pg_config); SANITIZE=1 builds with the address and undefined behaviour
# sanitizers and with assertions; WERROR= builds although the compiler warns.

# These have scripts of their own.  They also run where PostgreSQL is not installed yet, and PGXS
# has a "check" that refuses, so its makefiles are left out; other goals on the same command line
# get a make of their own.
SCRIPT_GOALS = check stress lint demo demo-stop bench

ifneq (,$(filter $(SCRIPT_GOALS),$(MAKECMDGOALS)))

.NOTPARALLEL:
.PHONY: $(MAKECMDGOALS)

check lint:
	@test/$@
stress:
	@test/stress $(MINUTES)
demo:
	@demo/demo.sh
demo-stop:
	@demo/demo.sh stop
bench:
	@bench/bench.sh

$(filter-out $(SCRIPT_GOALS),$(MAKECMDGOALS)):
	@$(MAKE) --no-print-directory $@

else

EXTENSION = docdb
EXTVERSION = 0.1
MODULE_big = docdb

# One order for sources, includes and the install script; see doc/internals.md.
MODULES_ORDER = base pgbson expr match project update docindex collection crud pipeline shard \
	changes command monitor worker

SRCS = $(foreach m,$(MODULES_ORDER),$(sort $(wildcard src/$(m)/*.c)))
OBJS = $(SRCS:.c=.o)
SQL_PIECES = $(foreach m,$(MODULES_ORDER),$(wildcard src/$(m)/$(m).sql) \
	$(filter-out src/$(m)/$(m).sql,$(sort $(wildcard src/$(m)/*.sql))))

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = $(SRCS:.c=.d) build

REGRESS = $(foreach m,$(MODULES_ORDER),$(patsubst sql/%.sql,%,$(sort $(wildcard sql/$(m)_*.sql))))
REGRESS_OPTS = --load-extension=docdb
ISOLATION = $(patsubst specs/%.spec,%,$(sort $(wildcard specs/*.spec)))
ISOLATION_OPTS = --load-extension=docdb

# libbidgcc000.a passes arguments by value and has neither global rounding nor global flags.
BID_LIB = $(firstword $(wildcard /usr/lib/*/libbidgcc000.a /usr/lib/libbidgcc000.a))
WERROR = -Werror
PG_CPPFLAGS = -Isrc $(shell pkg-config --cflags libpcre2-8 icu-i18n icu-uc)
PG_CFLAGS = -O2 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -Wno-clobbered $(WERROR) -fno-semantic-interposition -MMD -MP
SHLIB_LINK = $(BID_LIB) $(shell pkg-config --libs libpcre2-8 icu-i18n icu-uc) -Wl,--exclude-libs,ALL

# Only what PostgreSQL calls is visible outside.  A version script says so rather than
# -fvisibility=hidden, as PostgreSQL 15 does not mark its functions for export.
SHLIB_LINK += -Wl,--version-script=src/exports.map

# The sanitizers make the compiler's guesses about uninitialized variables worse.
ifneq (,$(SANITIZE))
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
PG_CPPFLAGS += -DUSE_ASSERT_CHECKING=1
PG_CFLAGS += -O1 -fno-omit-frame-pointer -Wno-maybe-uninitialized $(SANITIZERS)
SHLIB_LINK += $(SANITIZERS)
endif

PG_CONFIG = pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
override with_llvm = no
include $(PGXS)

$(DATA_built): $(SQL_PIECES) Makefile
	cat $(SQL_PIECES) > $@

# Other flags, or another PostgreSQL, rebuild everything.
BUILD_FLAGS = $(CC) $(CFLAGS) $(CPPFLAGS) $(SHLIB_LINK) $(shell $(PG_CONFIG) --version)
$(OBJS): build/flags
build/flags: build-always
	@mkdir -p build
	@echo "$(BUILD_FLAGS)" | cmp -s - $@ || echo "$(BUILD_FLAGS)" > $@
$(MODULE_big)$(DLSUFFIX): src/exports.map

# The names of the SQL tests in the order in which they run.
list-regress:
	@echo $(REGRESS)
list-isolation:
	@echo $(ISOLATION)

# The value of a variable, for scripts.
print-%:
	@echo '$($*)'

.PHONY: build-always list-regress list-isolation

-include $(SRCS:.c=.d)

endif
