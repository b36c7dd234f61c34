// floor: what one write(2) a delivery costs, and nothing else. It takes every
// connection for a subscriber once it has said something, and answers as a
// WebSocket would. Each frame comes over stdin, behind its length as a native
// uint32, and goes to every subscriber. It ends with stdin.
//
//   floor FD    FD is a listening socket that it inherits.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(x) do { if (!(x)) { perror(#x); exit(1); } } while (0)

static int subscriber[1 << 16], subscribers;
static char frame[1 << 20], request[1 << 16];

static int watch(int ep, int fd) {
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}

static int fill(char *to, size_t n) {
	for (size_t got = 0; got < n;) {
		ssize_t r = read(0, to + got, n - got);
		if (r <= 0) return 0;
		got += r;
	}
	return 1;
}

static void publish(void) {
	uint32_t n;
	if (!fill((char *)&n, sizeof n) || n > sizeof frame || !fill(frame, n)) exit(0);
	for (int i = 0; i < subscribers; i++) CHECK(write(subscriber[i], frame, n) == (ssize_t)n);
}

static void hear(int fd) {
	static const char welcome[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
	ssize_t r = read(fd, request, sizeof request);
	if (r <= 0) exit(0); // the bench is over
	CHECK(write(fd, welcome, sizeof welcome - 1) > 0);
	subscriber[subscribers++] = fd;
}

int main(int argc, char **argv) {
	CHECK(argc == 2);
	int listener = atoi(argv[1]), ep = epoll_create1(0);
	struct epoll_event ready[512];
	CHECK(fcntl(listener, F_SETFL, O_NONBLOCK) == 0 && watch(ep, listener) == 0 && watch(ep, 0) == 0);
	for (;;) {
		int n = epoll_wait(ep, ready, 512, -1);
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;
			if (fd == 0) publish();
			else if (fd != listener) hear(fd);
			else
				for (int c; (c = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) CHECK(watch(ep, c) == 0);
		}
	}
}
