// SPDX-License-Identifier: Apache-2.0
#include "sweep/database.hpp"

#include <sqlite3.h>

#include <cmath>
#include <limits>

namespace spikeloom::sweep {

void Statement::Finalise::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

void Statement::bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), at, value);
}

void Statement::bind(int at, double value) {
    if (std::isnan(value))
        sqlite3_bind_null(statement_.get(), at);
    else
        sqlite3_bind_double(statement_.get(), at, value);
}

void Statement::bind(int at, std::string_view value) {
    sqlite3_bind_text(statement_.get(), at, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const bool twice = code == SQLITE_CONSTRAINT;
    return fault(twice ? "sweep.twice" : "sweep.store",
                 sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL)
        return std::numeric_limits<double>::quiet_NaN();
    return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* text = sqlite3_column_text(statement_.get(), column);
    const int length = sqlite3_column_bytes(statement_.get(), column);
    return text == nullptr
               ? std::string{}
               : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
}

Result<Database> Database::open(const std::filesystem::path& file, bool writable) {
    constexpr int patience = 60'000;  // [ms] for readers that hold the file
    sqlite3* handle        = nullptr;
    const int how  = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    const int code = sqlite3_open_v2(file.c_str(), &handle, how, nullptr);
    Database database;
    database.database_.reset(handle);
    if (code != SQLITE_OK)
        return fault("sweep.store", handle == nullptr ? "no memory" : sqlite3_errmsg(handle),
                     {file.string(), ""});
    sqlite3_busy_timeout(handle, patience);
    return database;
}

Result<void> Database::run(const std::string& sql) {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
        return {};
    return fault("sweep.store", sqlite3_errmsg(database_.get()));
}

Result<Statement> Database::prepare(const std::string& sql) {
    sqlite3_stmt* handle = nullptr;
    const int code       = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &handle, nullptr);
    Statement statement;
    statement.statement_.reset(handle);
    if (code != SQLITE_OK) return fault("sweep.store", sqlite3_errmsg(database_.get()));
    return statement;
}

}  // namespace spikeloom::sweep
