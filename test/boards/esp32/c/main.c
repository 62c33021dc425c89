/* Runs the one behaviour it is given. */
#include "behaviour.h"

struct behaviour *behaviours;

int main(int count, char **words) {
  for (struct behaviour *b = behaviours; b; b = b->next)
    if (count == 2 && !strcmp(b->name, words[1])) return b->run(), 0;
  fprintf(stderr, "no such behaviour\n");
  return 2;
}
