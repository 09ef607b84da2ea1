#pragma once
#include <sqlite3.h>

// Binds a text that SQLite copies: SQLITE_TRANSIENT is a cast that Swift does not import.
static inline int saccade_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 bytes) {
    return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_TRANSIENT, SQLITE_UTF8);
}
