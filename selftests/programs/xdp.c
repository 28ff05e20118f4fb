// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of XDP that passes each packet, on a device, for as long as this runs.
 *
 *	xdp IFACE [native|drop]
 *
 * By the driver itself with "native", else by the stack for it. With "drop" it drops each
 * packet. Prints "attached" once it is.
 */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load(int verdict)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = verdict },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = sizeof(program) / sizeof(*program);
	attr.license = (uintptr_t)"GPL";
	return bpf(BPF_PROG_LOAD, &attr);
}

static int attach(int prog, unsigned int ifindex, unsigned int mode)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = mode;
	return bpf(BPF_LINK_CREATE, &attr);
}

int main(int argc, char **argv)
{
	unsigned int mode = XDP_FLAGS_SKB_MODE;
	int verdict = XDP_PASS, prog;

	if (argc == 3 && !strcmp(argv[2], "native")) {
		mode = XDP_FLAGS_DRV_MODE;
	} else if (argc == 3 && !strcmp(argv[2], "drop")) {
		verdict = XDP_DROP;
	} else if (argc != 2) {
		fprintf(stderr, "usage: xdp IFACE [native|drop]\n");
		return 2;
	}
	prog = load(verdict);
	/* with the file it is gone, too */
	if (prog < 0 || attach(prog, if_nametoindex(argv[1]), mode) < 0) {
		perror(argv[1]);
		return 1;
	}
	puts("attached");
	fflush(stdout);
	for (;;)
		pause();
}
