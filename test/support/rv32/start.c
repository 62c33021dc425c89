/*
 * What picolibc wants before main of a bare 32-bit RISC-V program that qemu-riscv32 runs as a process: cleared memory, constructors,
 * and Linux's calls (write 64, exit 93) for output and the end.
 */
#include <stdio.h>
#include <string.h>

int main(int count, char **words);
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);
extern char __bss_start[], __bss_end[];
static char thread_local_space[256] __attribute__((aligned(16)));

static long call(long number, long a, long b, long c) {
  register long a0 __asm("a0") = a, a1 __asm("a1") = b, a2 __asm("a2") = c, a7 __asm("a7") = number;
  __asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
  return a0;
}

void _exit(int status) {
  for (;;) call(93, status, 0, 0);
}

static int put(char character, FILE *file) { return (void)file, call(64, 2, (long)&character, 1) == 1 ? 0 : -1; }
static FILE output = FDEV_SETUP_STREAM(put, 0, 0, _FDEV_SETUP_WRITE);
FILE *const stdout = &output, *const stderr = &output, *const stdin = &output;

__attribute__((used)) static void begin(long *stack) {
  memset(__bss_start, 0, (size_t)(__bss_end - __bss_start));
  __asm volatile("mv tp, %0" ::"r"(thread_local_space));
  for (void (**one)(void) = __init_array_start; one < __init_array_end; one++) (*one)();
  _exit(main((int)stack[0], (char **)(stack + 1)));
}

__attribute__((naked, section(".text.init"))) void _start(void) {
  __asm volatile(".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\nmv a0, sp\nandi sp, sp, -16\nj begin");
}
