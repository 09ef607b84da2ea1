#include "SaccadeJSON.h"

#include <cstring>
#include <new>
#include <type_traits>

// Nothing may throw through Swift's frames: simdjson then offers only what returns a code.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

struct saccade_json_parser {
    simdjson::dom::parser parser;
    size_t capacity = 0;
};

static_assert(SACCADE_JSON_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads further than it is told to");

namespace {

// simdjson's references are a pointer and an index, which may be carried around as bytes.
template <class Reference>
saccade_json_value packed(const Reference &reference) noexcept {
    static_assert(sizeof(Reference) <= sizeof(saccade_json_value), "a value does not fit");
    static_assert(std::is_trivially_copyable<Reference>::value, "a value is more than its bytes");
    saccade_json_value value = {};
    std::memcpy(value.words, &reference, sizeof reference);
    return value;
}

template <class Reference>
Reference unpacked(const saccade_json_value &value) noexcept {
    Reference reference;
    std::memcpy(static_cast<void *>(&reference), value.words, sizeof reference);
    return reference;
}

}  // namespace

saccade_json_parser *saccade_json_create(void) { return new (std::nothrow) saccade_json_parser; }

void saccade_json_destroy(saccade_json_parser *parser) { delete parser; }

const char *saccade_json_parse(
    saccade_json_parser *parser, const uint8_t *bytes, size_t count, saccade_json_value *root) {
    if (count > parser->capacity) {
        // Left to itself, it would make room for exactly this document, and again for the next that is a byte longer.
        size_t capacity = 1 << 12;
        while (capacity < count) capacity *= 2;
        simdjson::error_code error = parser->parser.allocate(capacity, SACCADE_JSON_DEPTH);
        if (error) {
            parser->capacity = 0;
            return simdjson::error_message(error);
        }
        parser->capacity = capacity;
    }
    element document;
    simdjson::error_code error = parser->parser.parse(bytes, count, false).get(document);
    if (error) return simdjson::error_message(error);
    *root = packed(document);
    return nullptr;
}

saccade_json_kind saccade_json_kind_of(saccade_json_value value) {
    switch (unpacked<element>(value).type()) {
    case element_type::ARRAY: return SACCADE_JSON_LIST;
    case element_type::OBJECT: return SACCADE_JSON_OBJECT;
    case element_type::STRING: return SACCADE_JSON_TEXT;
    case element_type::BOOL: return SACCADE_JSON_BOOL;
    case element_type::NULL_VALUE: return SACCADE_JSON_NULL;
    default: return SACCADE_JSON_NUMBER;
    }
}

int saccade_json_member(saccade_json_value value, const char *key, size_t count, saccade_json_value *member) {
    object members;
    if (unpacked<element>(value).get(members)) return 0;
    int found = 0;
    for (auto field = members.begin(); field != members.end() && found < 2; ++field) {
        if (field.key_length() != count || std::memcmp(field.key_c_str(), key, count) != 0) continue;
        if (found == 0) *member = packed(field.value());
        found++;
    }
    return found;
}

bool saccade_json_bool(saccade_json_value value, bool *result) { return !unpacked<element>(value).get(*result); }

bool saccade_json_number(saccade_json_value value, double *result) {
    return !unpacked<element>(value).get(*result);
}

bool saccade_json_text(saccade_json_value value, const char **text, size_t *count) {
    element string = unpacked<element>(value);
    return !string.get_c_str().get(*text) && !string.get_string_length().get(*count);
}

bool saccade_json_integer(saccade_json_value value, int64_t *result) {
    element number = unpacked<element>(value);
    return number.is<int64_t>() && !number.get(*result);
}

size_t saccade_json_count(saccade_json_value value) {
    array list;
    if (unpacked<element>(value).get(list)) return 0;
    // The count on the tape has 24 bits, and stops at the largest.
    size_t count = list.size();
    if (count < 0xFFFFFF) return count;
    count = 0;
    for (auto item = list.begin(); item != list.end(); ++item) count++;
    return count;
}

size_t saccade_json_numbers(saccade_json_value value, double *numbers, size_t count) {
    array list;
    if (unpacked<element>(value).get(list)) return 0;
    size_t index = 0;
    for (auto item = list.begin(); index < count && item != list.end(); ++item, ++index) {
        if ((*item).get(numbers[index])) break;
    }
    return index;
}

saccade_json_walk saccade_json_items(saccade_json_value value) {
    array list;
    if (unpacked<element>(value).get(list)) return {};
    return {packed(list.begin()), packed(list.end())};
}

saccade_json_walk saccade_json_members(saccade_json_value value) {
    object members;
    if (unpacked<element>(value).get(members)) return {};
    return {packed(members.begin()), packed(members.end())};
}

bool saccade_json_next_item(saccade_json_walk *walk, saccade_json_value *item) {
    auto next = unpacked<array::iterator>(walk->next);
    if (std::memcmp(&walk->next, &walk->end, sizeof walk->next) == 0) return false;
    *item = packed(*next);
    walk->next = packed(++next);
    return true;
}

bool saccade_json_next_member(
    saccade_json_walk *walk, const char **key, size_t *count, saccade_json_value *value) {
    auto next = unpacked<object::iterator>(walk->next);
    if (std::memcmp(&walk->next, &walk->end, sizeof walk->next) == 0) return false;
    *key = next.key_c_str();
    *count = next.key_length();
    *value = packed(next.value());
    walk->next = packed(++next);
    return true;
}
