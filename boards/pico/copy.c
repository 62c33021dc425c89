/*
 * `memcpy`, in place of the C library's: XS copies sixteen-byte slots all day, and the compiler makes a call of each (an eight-byte
 * member keeps it from copying in line). This one sees to them first, in 26 cycles with the call where the library's took 60, and
 * runs from RAM as the interpreter does (board.h). Everything else goes word by word where both ends allow, or by bytes.
 */
#include <stddef.h>

__attribute__((naked, section(".time_critical.copy"))) void *memcpy(void *to, const void *from, size_t count) {
  (void)to, (void)from, (void)count;
  __asm volatile(".syntax unified          \n"
                 "  mov   r3, r0          \n"
                 "  orrs  r3, r1          \n"
                 "  lsls  r3, r3, #30     \n" /* both on a word? */
                 "  bne   3f              \n"
                 "  cmp   r2, #16         \n"
                 "  bne   1f              \n"
                 "  ldmia r1!, {r2, r3}   \n"
                 "  stmia r0!, {r2, r3}   \n"
                 "  ldmia r1!, {r2, r3}   \n"
                 "  stmia r0!, {r2, r3}   \n"
                 "  subs  r0, #16         \n"
                 "  bx    lr              \n"
                 "1:                      \n"
                 "  push  {r0, r4, lr}    \n"
                 "  b     5f              \n"
                 "2:                      \n"
                 "  ldmia r1!, {r3, r4}   \n"
                 "  stmia r0!, {r3, r4}   \n"
                 "5:                      \n"
                 "  subs  r2, #8          \n"
                 "  bhs   2b              \n"
                 "  adds  r2, #8          \n"
                 "  b     6f              \n"
                 "3:                      \n"
                 "  push  {r0, r4, lr}    \n"
                 "6:                      \n" /* forward, byte by byte: r3 is how many are done */
                 "  movs  r3, #0          \n"
                 "  b     8f              \n"
                 "7:                      \n"
                 "  ldrb  r4, [r1, r3]    \n"
                 "  strb  r4, [r0, r3]    \n"
                 "  adds  r3, #1          \n"
                 "8:                      \n"
                 "  cmp   r3, r2          \n"
                 "  blo   7b              \n"
                 "  pop   {r0, r4, pc}    \n");
}
