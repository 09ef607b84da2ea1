// JSON for Swift, parsed by simdjson (Langdale and Lemire, 2019, arXiv:1902.08318): 3.0 in Debian 12, 3.6 in Ubuntu 24.04.
//
// Only what simdjson documents for its tree is used, so that its versions do not show. Nothing here throws, and what a
// text holds never ends the process.
#ifndef SACCADE_JSON_H
#define SACCADE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A parser and the document that it parsed last.
typedef struct saccade_json_parser saccade_json_parser;

// A value in that document: good until the parser parses again or is destroyed.
typedef struct {
    uint64_t words[2];
} saccade_json_value;

typedef enum {
    SACCADE_JSON_NULL = 0,
    SACCADE_JSON_BOOL = 1,
    SACCADE_JSON_NUMBER = 2,
    SACCADE_JSON_TEXT = 3,
    SACCADE_JSON_LIST = 4,
    SACCADE_JSON_OBJECT = 5,
} saccade_json_kind;

enum {
    // So many bytes behind a document must be readable, whatever they are.
    SACCADE_JSON_PADDING = 64,
    // Lists and objects in each other, at most.
    SACCADE_JSON_DEPTH = 1024,
};

// NULL when there is no memory.
saccade_json_parser *saccade_json_create(void);
void saccade_json_destroy(saccade_json_parser *parser);

// Parses `count` bytes, all of which are the document. Its memory is kept for the next.
//
// Returns NULL, or in a few words why that failed: the text is no JSON, is not UTF-8, holds a number beyond 64 bits or
// beyond float64, or there is no memory for it. Where it fails is not known.
const char *saccade_json_parse(
    saccade_json_parser *parser, const uint8_t *bytes, size_t count, saccade_json_value *root);

saccade_json_kind saccade_json_kind_of(saccade_json_value value);

// How many members of an object have this key: 0, 1, or 2 for more than one. `member` becomes the first.
int saccade_json_member(saccade_json_value object, const char *key, size_t count, saccade_json_value *member);

// Each returns false where the value is of another kind.
bool saccade_json_bool(saccade_json_value value, bool *result);
bool saccade_json_number(saccade_json_value value, double *result);
// UTF-8, without escapes; it may hold zeros. Good as long as the value is.
bool saccade_json_text(saccade_json_value value, const char **text, size_t *count);
// A number that is written without a fraction and an exponent, and fits.
bool saccade_json_integer(saccade_json_value value, int64_t *result);

// How many items a list has; 0 for anything else.
size_t saccade_json_count(saccade_json_value list);
// Copies a list of `count` numbers; returns how many there are before the first item that is none.
size_t saccade_json_numbers(saccade_json_value list, double *numbers, size_t count);

// A walk over the items of a list or the members of an object.
typedef struct {
    saccade_json_value next, end;
} saccade_json_walk;

// An empty walk for anything that is no list, or no object.
saccade_json_walk saccade_json_items(saccade_json_value list);
saccade_json_walk saccade_json_members(saccade_json_value object);
bool saccade_json_next_item(saccade_json_walk *walk, saccade_json_value *item);
bool saccade_json_next_member(saccade_json_walk *walk, const char **key, size_t *count, saccade_json_value *value);

// Where a value ends, looked for in pieces: all zeros at the beginning.
typedef struct {
    uint64_t depth;
    int state;
    bool is_complete;
} saccade_json_extent;

// Walks over bytes that begin with a value, or go on with it, and returns how many of them belong to it.
//
// It only matches brackets, of either kind, outside of texts: what it passes may be no JSON at all. A number or a word
// ends before the first byte that cannot belong to it, so that it is never complete at the end of the bytes.
size_t saccade_json_pass(saccade_json_extent *extent, const uint8_t *bytes, size_t count);

// Whether a word stands anywhere in bytes.
bool saccade_json_contains(const uint8_t *bytes, size_t count, const char *word, size_t length);

#ifdef __cplusplus
}
#endif

#endif
