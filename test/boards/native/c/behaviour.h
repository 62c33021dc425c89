/*
 * The smallest test frame there is: BEHAVIOUR(name) { ... } registers itself, the program runs the one it is given. A promise
 * that does not hold ends it with file, line and what was promised.
 */
#ifndef TACTUS_BEHAVIOUR_H
#define TACTUS_BEHAVIOUR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct behaviour {
  const char *name;
  void (*run)(void);
  struct behaviour *next;
};
extern struct behaviour *behaviours;

#define BEHAVIOUR(id)                                                   \
  static void id(void);                                                 \
  static struct behaviour id##_entry = {#id, id, 0};                    \
  __attribute__((constructor)) static void id##_register(void) {        \
    id##_entry.next = behaviours;                                       \
    behaviours = &id##_entry;                                           \
  }                                                                     \
  static void id(void)

#define PROMISE(holds)                                                             \
  do {                                                                             \
    if (!(holds)) {                                                                \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);          \
      exit(1);                                                                     \
    }                                                                              \
  } while (0)

#define PROMISE_EQUAL(is, ought)                                                                                \
  do {                                                                                                          \
    long long is_ = (long long)(is), ought_ = (long long)(ought);                                               \
    if (is_ != ought_) {                                                                                        \
      fprintf(stderr, "%s:%d: %s is %lld, ought to be %lld\n", __FILE__, __LINE__, #is, is_, ought_);           \
      exit(1);                                                                                                  \
    }                                                                                                           \
  } while (0)

#endif
