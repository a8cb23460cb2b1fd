// SPDX-License-Identifier: Apache-2.0
/// SQLite behind RAII; inside of sweep only.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace spikeloom::sweep {

/// A prepared statement; parameters and columns count from 1 and 0, as in SQLite.
class Statement {
public:
    Statement() = default;
    void bind(int at, std::int64_t value);
    void bind(int at, double value);  ///< NaN becomes NULL
    void bind(int at, std::string_view value);
    /// True with a row, false at the end. Error: "sweep.store", or "sweep.twice" where a key is
    /// there already.
    Result<bool> step();
    void reset();
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;  ///< NaN for NULL
    [[nodiscard]] std::string text(int column) const;

private:
    friend class Database;
    struct Finalise {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

class Database {
public:
    static Result<Database> open(const std::filesystem::path& file, bool writable);
    Result<void> run(const std::string& sql);
    Result<Statement> prepare(const std::string& sql);

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace spikeloom::sweep
