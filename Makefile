# SPDX-License-Identifier: GPL-2.0-only
# "make help" tells what there is to make.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
# What "uname -r" says with it; Debian's headers have another kernel.release.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
MODROOT = $(INSTALL_MOD_PATH)/lib/modules/$(release)

all: module cli

help:
	@echo 'make              the module, for the running kernel or KDIR=, the CLI, and'
	@echo '                  what ip(8) needs for "type vnencap VNI ..."'
	@echo 'make daemon       vnencapd: mappings from a file or etcd (libcurl, jansson)'
	@echo 'make install      all of them, what makes devices at boot, and'
	@echo '                  the daemon where its libraries are'
	@echo 'make uninstall    what make install has installed, of this kernel'
	@echo 'make deb          Debian packages, with DKMS, in packaging/out'
	@echo 'make demo         two hosts in a virtual machine: native, vnencap, VXLAN'
	@echo 'make demo-cluster three hosts, vnencapd and etcd: what a failure costs'
	@echo 'make test         all tests, in virtual machines: one TAP stream'
	@echo 'make test-all     those that take longer as well'
	@echo 'make in-tree      as a driver in the kernel source KSRC (Debian'\''s 6.12)'
	@echo 'make bench        how fast, beside native and other tunnels (half an hour)'
	@echo 'make profile      where the instructions go, function by function'
	@echo 'make bench-loss   what lost segments cost, and what parity brings (an hour)'
	@echo 'make bench-shard  what it costs that metadata survives losses, beside the kernel'\''s own'
	@echo 'make bench-map    what a million mappings cost, beside routes (ten minutes)'
	@echo 'make bench-cluster vnencapd with a thousand hosts, a million mappings (half an hour)'
	@echo 'make fuzz         fuzzing by coverage, for an hour'
	@echo 'make kunit        the KUnit suites under User-Mode Linux, in seconds'
	@echo 'make check        style: checkpatch, sparse, shellcheck, generated files, pages'
	@echo 'make docs         Documentation/ as HTML, in Documentation/_build'
	@echo 'make drawings     its drawings, from their sources'
	@echo 'make clean        what was built here'

module: headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

headers:
	@[ -e $(KDIR)/Makefile ] || { \
		echo "no headers of a kernel in $(KDIR): for the running one," \
			"apt-get install linux-headers-$$(uname -r)" >&2; exit 1; }

cli:
	$(MAKE) -C tools/vnencap
	$(MAKE) -C tools/iproute2

daemon:
	$(MAKE) -C tools/vnencapd

# Where libcurl and jansson are, the daemon is installed too.
has_daemon := $(shell pkg-config --exists libcurl jansson libmnl 2>/dev/null && echo yes)

# Where the kernel's headers have no System.map, theirs warns and runs no depmod:
# ours always does. And they may have no key to sign with, which is no error;
# Documentation/installing.rst tells of Secure Boot.
install: all install-tools
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_STRIP=1 \
		INSTALL_MOD_DIR=updates \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=) \
		cmd_depmod=: modules_install
	depmod -a $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(release)
ifeq ($(has_daemon),yes)
	$(MAKE) -C tools/vnencapd install PREFIX=$(PREFIX)
else
	@echo 'vnencapd is left out, for there are not all of: pkg-config' \
		'libcurl4-openssl-dev libjansson-dev libmnl-dev'
endif

install-tools: cli
	$(MAKE) -C tools/vnencap install PREFIX=$(PREFIX)
	$(MAKE) -C tools/iproute2 install
	$(MAKE) -C tools/boot install PREFIX=$(PREFIX)
	$(MAKE) -C tools/wireshark install PREFIX=$(PREFIX)

uninstall: headers
	rm -f $(MODROOT)/updates/kmod/vnencap.ko*
	depmod -a $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(release)
	$(MAKE) -C tools/vnencap uninstall PREFIX=$(PREFIX)
	$(MAKE) -C tools/iproute2 uninstall
	$(MAKE) -C tools/boot uninstall PREFIX=$(PREFIX)
	$(MAKE) -C tools/wireshark uninstall PREFIX=$(PREFIX)
	$(MAKE) -C tools/vnencapd uninstall PREFIX=$(PREFIX)

deb:
	packaging/deb

demo:
	selftests/demo

demo-cluster:
	selftests/demo-cluster

test:
	selftests/test

test-all:
	selftests/test --all

in-tree:
	selftests/in-tree $(KSRC)

kunit:
	selftests/vm/kunit

fuzz:
	selftests/fuzz/run

check:
	selftests/check

docs:
	sphinx-build -q -b html -d Documentation/_build/.doctrees \
		Documentation Documentation/_build
	@echo Documentation/_build/index.html

drawings: Documentation/drawings/frame.svg Documentation/drawings/paths.svg

Documentation/drawings/%.svg: Documentation/drawings/%.py \
		Documentation/drawings/svg.py Documentation/drawings/draw
	Documentation/drawings/draw $* >$@.new && mv $@.new $@

bench:
	selftests/bench/speed

profile:
	selftests/bench/profile

bench-loss:
	selftests/bench/geometry
	selftests/bench/loss
	selftests/bench/parity

bench-map:
	selftests/bench/map

bench-cluster:
	selftests/deps
	selftests/bench/cluster --out Documentation/cluster/figures.txt

bench-shard:
	selftests/bench/shard

# All that .gitignore has: what the kernel's build makes is in each folder.
clean:
	find . -path ./.git -prune -o \( -name '*.o' -o -name '*.a' -o -name '*.ko' \
		-o -name '*.mod' -o -name '*.mod.c' -o -name '*.cmd' \
		-o -name '.*.d' -o -name modules.order -o -name Module.symvers \) \
		-type f -exec rm -f {} +
	rm -f .checkpatch-camelcase.git.* kmod/have.h
	$(MAKE) -C tools/vnencap clean
	$(MAKE) -C tools/vnencapd clean
	$(MAKE) -C tools/iproute2 clean
	$(MAKE) -C selftests/programs clean
	$(MAKE) -C selftests/bench clean
	$(MAKE) -C selftests/fuzz clean
	rm -rf Documentation/_build packaging/out

.PHONY: all help module headers cli daemon install install-tools uninstall deb demo demo-cluster test \
	test-all in-tree kunit fuzz check docs drawings clean bench profile bench-loss bench-map bench-shard \
	bench-cluster
