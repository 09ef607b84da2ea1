#include "SaccadeJSON.h"

#include <string_view>

namespace {

enum State { BEGINNING, INSIDE, TEXT, ESCAPE, WORD };

bool is_opening(uint8_t byte) { return byte == '[' || byte == '{'; }
bool is_closing(uint8_t byte) { return byte == ']' || byte == '}'; }
bool ends_word(uint8_t byte) {
    return byte == ',' || byte == ':' || byte == '"' || byte <= ' ' || is_opening(byte) || is_closing(byte);
}

// Whether none of 64 bytes is a quotation mark or a bracket. Written so that compilers make a few vector comparisons of
// it: most of a file of polygons is numbers.
bool is_plain(const uint8_t *bytes) {
    uint8_t found = 0;
    for (int i = 0; i < 64; i++) {
        // `[` and `{`, and `]` and `}`, differ in one bit.
        uint8_t folded = bytes[i] | 0x20;
        found |= uint8_t(bytes[i] == '"') | uint8_t(folded == '{') | uint8_t(folded == '}');
    }
    return !found;
}

}  // namespace

size_t saccade_json_pass(saccade_json_extent *extent, const uint8_t *bytes, size_t count) {
    uint64_t depth = extent->depth;
    int state = extent->state;
    size_t position = 0;
    while (position < count && !extent->is_complete) {
        uint8_t byte = bytes[position];
        switch (state) {
        case BEGINNING:
            state = byte == '"' ? TEXT : is_opening(byte) ? INSIDE : WORD;
            if (is_opening(byte)) depth = 1;
            position++;
            break;
        case INSIDE:
            // Behind a few bytes without a bracket, such as a number or two, there are likely more.
            for (int plain = 0; position < count && state == INSIDE && !extent->is_complete; position++, plain++) {
                if (plain == 32) {
                    while (count - position >= 64 && is_plain(bytes + position)) position += 64;
                    if (position == count) break;
                    plain = 0;
                }
                byte = bytes[position];
                if (byte == '"') {
                    state = TEXT;
                } else if (is_opening(byte)) {
                    depth++;
                } else if (is_closing(byte)) {
                    extent->is_complete = --depth == 0;
                }
            }
            break;
        case TEXT:
            while (position < count && bytes[position] != '"' && bytes[position] != '\\') position++;
            if (position < count) {
                if (bytes[position++] == '\\') {
                    state = ESCAPE;
                } else {
                    state = INSIDE;
                    extent->is_complete = depth == 0;
                }
            }
            break;
        case ESCAPE:
            state = TEXT;
            position++;
            break;
        default:
            while (position < count && !ends_word(bytes[position])) position++;
            extent->is_complete = position < count;
            break;
        }
    }
    extent->depth = depth;
    extent->state = state;
    return position;
}

bool saccade_json_contains(const uint8_t *bytes, size_t count, const char *word, size_t length) {
    std::string_view text(reinterpret_cast<const char *>(bytes), count);
    return text.find(std::string_view(word, length)) != std::string_view::npos;
}
