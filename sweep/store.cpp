// SPDX-License-Identifier: Apache-2.0
#include "sweep/store.hpp"

#include "sweep/database.hpp"
#include "sweep/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>
#include <utility>

namespace spikeloom::sweep {
namespace {

constexpr const char* store_file = "sweep.sqlite";

/// Columns of `point`, in the order of bind_row() and row_of().
constexpr const char* columns =
    "id, key, design, repeat, generation, seed, settings, status, code, message, exit_status, "
    "signal, wall_seconds, cpu_seconds, peak_bytes, started, finished, host, network_hash, "
    "image_hash, tool_version, adopted";
constexpr int column_count = 22;

std::string schema(std::size_t objectives) {
    std::string score;
    for (std::size_t k = 0; k < objectives; ++k)
        score += fmt::format(", o{} REAL", k);
    return fmt::format(
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
        "CREATE TABLE objective(number INTEGER PRIMARY KEY, name TEXT, unit TEXT, goal TEXT, "
        "pointer TEXT);"
        "CREATE TABLE point(id INTEGER PRIMARY KEY, key TEXT NOT NULL, design INTEGER, repeat "
        "INTEGER, generation INTEGER, seed INTEGER, settings TEXT, status TEXT, code TEXT, "
        "message TEXT, exit_status INTEGER, signal INTEGER, wall_seconds REAL, cpu_seconds REAL, "
        "peak_bytes INTEGER, started REAL, finished REAL, host TEXT, network_hash TEXT, "
        "image_hash TEXT, tool_version TEXT, adopted INTEGER);"
        "CREATE TABLE score(id INTEGER PRIMARY KEY, design INTEGER{});",
        score);
}

std::string key_text(std::uint64_t key) {
    return fmt::format("{:016x}", key);
}

std::int64_t whole(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

void bind_row(Statement& into, const Point& point, const Outcome& outcome) {
    int at         = 0;
    const auto add = [&](auto value) { into.bind(++at, value); };
    add(whole(point.id));
    add(std::string_view{key_text(point.key())});
    add(whole(point.design));
    add(std::int64_t{point.repeat});
    add(std::int64_t{point.generation});
    add(whole(point.seed));
    add(std::string_view{to_message(point.settings)});
    add(to_string(outcome.status));
    add(std::string_view{outcome.code});
    add(std::string_view{outcome.message});
    add(std::int64_t{outcome.exit_status});
    add(std::int64_t{outcome.signal});
    add(outcome.wall_seconds);
    add(outcome.cpu_seconds);
    add(whole(outcome.peak_bytes));
    add(outcome.started);
    add(outcome.finished);
    add(std::string_view{outcome.host});
    add(std::string_view{outcome.network_hash});
    add(std::string_view{outcome.image_hash});
    add(std::string_view{outcome.tool_version});
    add(std::int64_t{outcome.adopted});
}

Result<Row> row_of(const Statement& from, std::size_t objectives) {
    Row row;
    auto& [point, outcome] = row;
    auto settings          = settings_of(from.text(6));
    if (!settings) return tl::unexpected(settings.error());
    point = {
        static_cast<std::uint64_t>(from.integer(0)), static_cast<std::uint64_t>(from.integer(2)),
        static_cast<std::uint32_t>(from.integer(3)), static_cast<std::uint32_t>(from.integer(4)),
        static_cast<std::uint64_t>(from.integer(5)), std::move(*settings)};
    outcome.status       = status_of(from.text(7));
    outcome.code         = from.text(8);
    outcome.message      = from.text(9);
    outcome.exit_status  = static_cast<int>(from.integer(10));
    outcome.signal       = static_cast<int>(from.integer(11));
    outcome.wall_seconds = from.real(12);
    outcome.cpu_seconds  = from.real(13);
    outcome.peak_bytes   = static_cast<std::uint64_t>(from.integer(14));
    outcome.started      = from.real(15);
    outcome.finished     = from.real(16);
    outcome.host         = from.text(17);
    outcome.network_hash = from.text(18);
    outcome.image_hash   = from.text(19);
    outcome.tool_version = from.text(20);
    outcome.adopted      = from.integer(21) != 0;
    for (std::size_t k = 0; k < objectives; ++k)
        outcome.objectives.push_back(from.real(column_count + static_cast<int>(k)));
    return row;
}

std::string objective_columns(std::size_t objectives, const char* format) {
    std::string text;
    for (std::size_t k = 0; k < objectives; ++k)
        text += fmt::format(fmt::runtime(format), k);
    return text;
}

std::string question_marks(std::size_t count) {
    std::string text = "?";
    for (std::size_t k = 1; k < count; ++k)
        text += ",?";
    return text;
}

}  // namespace

struct Store::Impl {
    std::optional<FileLock> lock;
    Database database;
    std::size_t objectives = 0;
    std::vector<bool> maximise;
    std::uint32_t repeats = 1;
    Statement insert_point, insert_score, find;

    Result<void> prepare_statements() {
        auto point = database.prepare(
            fmt::format("INSERT INTO point({}) VALUES({})", columns, question_marks(column_count)));
        auto score = database.prepare(
            fmt::format("INSERT INTO score VALUES({})", question_marks(objectives + 2)));
        auto lookup =
            database.prepare("SELECT status, key" + objective_columns(objectives, ", o{}") +
                             " FROM point LEFT JOIN score USING(id) WHERE point.id = ?");
        for (auto* statement : {&point, &score, &lookup})
            if (!*statement) return tl::unexpected(statement->error());
        insert_point = std::move(*point);
        insert_score = std::move(*score);
        find         = std::move(*lookup);
        return {};
    }

    /// Runs an insertion to its end, whatever came of it.
    static Result<void> finish(Statement& statement) {
        const auto done = statement.step();
        statement.reset();
        if (!done) return tl::unexpected(done.error());
        return {};
    }

    Result<void> insert(const Point& point, const Outcome& outcome) {
        bind_row(insert_point, point, outcome);
        if (auto done = finish(insert_point); !done) return done;
        insert_score.bind(1, whole(point.id));
        insert_score.bind(2, whole(point.design));
        for (std::size_t k = 0; k < objectives; ++k) {
            const bool given = outcome.status == Status::ok && k < outcome.objectives.size();
            insert_score.bind(static_cast<int>(k) + 3, given ? outcome.objectives[k] : no_value);
        }
        return finish(insert_score);
    }

    Result<void> write_meta(const Spec& spec, const std::string& tool) {
        auto meta = database.prepare("INSERT INTO meta VALUES(?, ?)");
        if (!meta) return tl::unexpected(meta.error());
        const std::map<std::string, std::string> entries{{"format", "spikeloom-sweep-1"},
                                                         {"spec", spec.canonical},
                                                         {"spec_file", spec.file.string()},
                                                         {"spec_hash", key_text(spec.hash)},
                                                         {"tool", tool}};
        for (const auto& [name, value] : entries) {
            meta->bind(1, std::string_view{name});
            meta->bind(2, std::string_view{value});
            if (auto done = finish(*meta); !done) return done;
        }
        auto objective = database.prepare("INSERT INTO objective VALUES(?, ?, ?, ?, ?)");
        if (!objective) return tl::unexpected(objective.error());
        for (std::size_t k = 0; k < spec.objectives.size(); ++k) {
            objective->bind(1, static_cast<std::int64_t>(k));
            objective->bind(2, std::string_view{spec.objectives[k].name});
            objective->bind(3, std::string_view{spec.objectives[k].unit});
            objective->bind(4, std::string_view{spec.objectives[k].maximise ? "max" : "min"});
            objective->bind(5, std::string_view{spec.objectives[k].pointer});
            if (auto done = finish(*objective); !done) return done;
        }
        return {};
    }

    Result<std::string> meta(std::string_view name) {
        auto statement = database.prepare("SELECT value FROM meta WHERE name = ?");
        if (!statement) return tl::unexpected(statement.error());
        statement->bind(1, name);
        const auto row = statement->step();
        if (!row) return tl::unexpected(row.error());
        return *row ? statement->text(0) : std::string{};
    }

    Result<void> create(const Spec& spec, const std::string& tool) {
        for (const std::string& sql : {std::string{"BEGIN IMMEDIATE"}, schema(objectives)})
            if (auto done = database.run(sql); !done) return done;
        if (auto done = write_meta(spec, tool); !done) return done;
        return database.run("COMMIT");
    }

    Result<void> check_spec(const Spec& spec) {
        const auto hash = meta("spec_hash");
        if (!hash) return tl::unexpected(hash.error());
        if (*hash == key_text(spec.hash)) return {};
        const auto text    = meta("spec");
        const bool changed = text && *text != spec.canonical;
        return fault("sweep.spec-changed",
                     fmt::format("the results are of another sweep: {} since it began; resume with "
                                 "what it began with, or give the changed one a folder of its own",
                                 changed ? "the spec has changed"
                                         : "a network, input or label file has changed"),
                     {spec.file.string(), ""});
    }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Store::Store(Store&&) noexcept            = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store()                           = default;

Result<Store> Store::open(const std::filesystem::path& folder, const Spec& spec,
                          const std::string& tool, bool resume) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    auto impl  = std::make_unique<Impl>();
    impl->lock = FileLock::try_now(folder / "lock");
    if (!impl->lock)
        return fault("sweep.busy", "another sweep is at work here, or the folder cannot be written",
                     {folder.string(), ""});
    const bool present = std::filesystem::exists(folder / store_file, failed);
    auto database      = Database::open(folder / store_file, true);
    if (!database) return tl::unexpected(database.error());
    impl->database   = std::move(*database);
    impl->objectives = spec.objectives.size();
    impl->repeats    = spec.repeats;
    for (const Objective& objective : spec.objectives)
        impl->maximise.push_back(objective.maximise);
    if (auto done = impl->database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"); !done)
        return tl::unexpected(done.error());
    // A sweep that was killed before its first transaction has left an empty file.
    const bool empty = !present || !impl->meta("format");
    if (!empty && !resume)
        return fault("sweep.exists", "there are results already; go on with --resume",
                     {folder.string(), ""});
    if (auto done = empty ? impl->create(spec, tool) : impl->check_spec(spec); !done)
        return tl::unexpected(done.error());
    if (auto done = impl->prepare_statements(); !done) return tl::unexpected(done.error());
    return Store{std::move(impl)};
}

Result<void> Store::record(const Point& point, const Outcome& outcome) {
    return record_all({{point, outcome}});
}

Result<void> Store::record_all(const std::vector<Row>& rows) {
    if (auto begun = impl_->database.run("BEGIN IMMEDIATE"); !begun) return begun;
    for (const Row& row : rows)
        if (auto done = impl_->insert(row.point, row.outcome); !done) {
            (void)impl_->database.run("ROLLBACK");
            return done;
        }
    return impl_->database.run("COMMIT");
}

Result<std::optional<Record>> Store::find(std::uint64_t id) {
    Statement& find = impl_->find;
    find.bind(1, whole(id));
    const auto row = find.step();
    if (!row) return tl::unexpected(row.error());
    std::optional<Record> record;
    if (*row) {
        record = Record{status_of(find.text(0)), std::stoull(find.text(1), nullptr, 16), {}};
        for (std::size_t k = 0; k < impl_->objectives; ++k)
            record->objectives.push_back(find.real(2 + static_cast<int>(k)));
    }
    find.reset();
    return record;
}

Result<std::uint64_t> Store::count() {
    auto statement = impl_->database.prepare("SELECT count(*) FROM point");
    if (!statement) return tl::unexpected(statement.error());
    if (auto row = statement->step(); !row) return tl::unexpected(row.error());
    return static_cast<std::uint64_t>(statement->integer(0));
}

Result<double> Store::mean_seconds() {
    auto statement = impl_->database.prepare(
        "SELECT avg(finished - started) FROM point WHERE status <> 'skipped'");
    if (!statement) return tl::unexpected(statement.error());
    if (auto row = statement->step(); !row) return tl::unexpected(row.error());
    const double mean = statement->real(0);
    return std::isnan(mean) ? 0.0 : mean;
}

Result<void> Store::scan(const std::function<bool(const Row&)>& each) {
    const std::string scores = objective_columns(impl_->objectives, ", o{}");
    std::string selected     = columns;
    for (const char* shared : {"id, ", "design, "})
        selected.replace(selected.find(shared), 0, "point.");
    auto rows = impl_->database.prepare("SELECT " + selected + scores +
                                        " FROM point LEFT JOIN score USING(id) ORDER BY point.id");
    if (!rows) return tl::unexpected(rows.error());
    for (;;) {
        const auto more = rows->step();
        if (!more) return tl::unexpected(more.error());
        if (!*more) return {};
        const auto row = row_of(*rows, impl_->objectives);
        if (!row) return tl::unexpected(row.error());
        if (!each(*row)) return {};
    }
}

Result<Front> Store::front() {
    const std::size_t width = impl_->objectives;
    auto rows = impl_->database.prepare("SELECT design" + objective_columns(width, ", o{}") +
                                        " FROM score ORDER BY id");
    if (!rows) return tl::unexpected(rows.error());
    Scores scores{width, {}};
    std::vector<std::uint64_t> designs;
    std::vector<double> sums(width);
    std::uint64_t current = 0, seen = 0;
    const auto close_design = [&] {
        bool whole_design = seen == impl_->repeats;
        for (const double sum : sums)
            whole_design = whole_design && std::isfinite(sum);
        if (whole_design) {
            designs.push_back(current);
            for (std::size_t k = 0; k < width; ++k)
                scores.values.push_back((impl_->maximise[k] ? -1 : 1) * sums[k] /
                                        static_cast<double>(seen));
        }
        std::ranges::fill(sums, 0.0);
        seen = 0;
    };
    for (;;) {
        const auto more = rows->step();
        if (!more) return tl::unexpected(more.error());
        if (!*more) break;
        const auto design = static_cast<std::uint64_t>(rows->integer(0));
        if (seen > 0 && design != current) close_design();
        current = design;
        ++seen;
        for (std::size_t k = 0; k < width; ++k)
            sums[k] += rows->real(1 + static_cast<int>(k));
    }
    if (seen > 0) close_design();
    Front front;
    front.considered = designs.size();
    for (const std::size_t at : pareto_front(scores)) {
        front.designs.push_back(designs[at]);
        for (std::size_t k = 0; k < width; ++k)
            front.means.push_back((impl_->maximise[k] ? -1 : 1) * scores.of(at)[k]);
    }
    return front;
}

}  // namespace spikeloom::sweep
