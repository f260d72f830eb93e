#include "reconcile/base/instant.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/text.h"

int64_t instant_min(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

int64_t instant_max(int64_t a_ms, int64_t b_ms)
{
    return a_ms > b_ms ? a_ms : b_ms;
}

int64_t instant_after(int64_t at_ms, int64_t delay_ms)
{
    int64_t sum_ms;
    if (at_ms == NEVER_MS || delay_ms == NEVER_MS) return NEVER_MS;
    if (__builtin_add_overflow(at_ms, delay_ms, &sum_ms)) return delay_ms < 0 ? INT64_MIN : NEVER_MS;
    return sum_ms;
}

static const struct {
    const char *name;
    int64_t ms;
} units[] = {{"ms", 1}, {"s", SECOND_MS}, {"m", MINUTE_MS}, {"h", HOUR_MS}, {"d", DAY_MS}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool unit_find(const char *name, int64_t *out_ms)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0) {
            *out_ms = units[i].ms;
            return true;
        }
    return false;
}

bool duration_parse(const char *text, int64_t max_ms, int64_t *out_ms)
{
    int64_t count = 0, unit_ms, ms;
    if (!text || !is_digit(*text)) return false;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(count, 10, &count) || __builtin_add_overflow(count, *text - '0', &count))
            return false;
    if (!unit_find(text, &unit_ms) || __builtin_mul_overflow(count, unit_ms, &ms) || ms > max_ms)
        return false;
    *out_ms = ms;
    return true;
}

void duration_show(int64_t ms, char *out, size_t size)
{
    int64_t seconds = instant_max(ms, 0) / SECOND_MS;
    int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
    if (ms == NEVER_MS)
        snprintf(out, size, "never");
    else if (hours == 0)
        snprintf(out, size, "%" PRId64 ":%02" PRId64, minutes, seconds % 60);
    else if (days == 0)
        snprintf(out, size, "%" PRId64 "h %02" PRId64 "m", hours, minutes % 60);
    else
        snprintf(out, size, "%" PRId64 "d %" PRId64 "h", days, hours % 24);
}

/* The calendar below counts years from March, so that the leap day is the last of its year, in eras of 400
   years (146097 days), after Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms". */

static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    enum { DAYS_TO_1970 = 719468 }; /* from 0000-03-01 */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - DAYS_TO_1970;
}

static void date_from_days(int64_t days, int64_t *out_year, int64_t *out_month, int64_t *out_day)
{
    days += 719468;
    int64_t era = days / 146097; /* only asked for days since 1970 */
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *out_day = day_of_year - (153 * month + 2) / 5 + 1;
    *out_month = month + (month < 10 ? 3 : -9);
    *out_year = year_of_era + era * 400 + (*out_month <= 2);
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static void write_number(char *at, unsigned count, int64_t number)
{
    for (; count-- > 0; number /= 10)
        at[count] = (char)('0' + number % 10);
}

void instant_format(int64_t wall_ms, char *out, size_t size)
{
    const int64_t end_ms = days_from_date(10000, 1, 1) * DAY_MS; /* RFC 3339 years have four digits */
    int64_t year, month, day;
    if (wall_ms < 0 || wall_ms >= end_ms) {
        snprintf(out, size, "%s", "");
        return;
    }
    date_from_days(wall_ms / DAY_MS, &year, &month, &day);
    int64_t seconds = wall_ms % DAY_MS / SECOND_MS;
    char shown[] = "0000-00-00T00:00:00Z";
    write_number(shown, 4, year);
    write_number(shown + 5, 2, month);
    write_number(shown + 8, 2, day);
    write_number(shown + 11, 2, seconds / 3600);
    write_number(shown + 14, 2, seconds / 60 % 60);
    write_number(shown + 17, 2, seconds % 60);
    text_copy(out, size, shown);
}

/* Exactly `count` digits and then `after` (unless that is 0). */
static bool read_number(const char **at, unsigned count, char after, unsigned *out)
{
    unsigned number = 0;
    const char *c = *at;
    for (; count; count--, c++) {
        if (!is_digit(*c)) return false;
        number = number * 10 + (unsigned)(*c - '0');
    }
    if (after && *c++ != after) return false;
    *at = c;
    *out = number;
    return true;
}

static bool read_fraction(const char **at, int64_t *out_ms)
{
    const char *c = *at;
    *out_ms = 0;
    if (*c != '.') return true;
    if (!is_digit(*++c)) return false;
    for (int64_t digit_ms = 100; is_digit(*c); c++, digit_ms /= 10)
        *out_ms += (*c - '0') * digit_ms;
    *at = c;
    return true;
}

static bool read_zone(const char **at, int64_t *out_ms)
{
    unsigned hours, minutes;
    char sign = **at;
    *out_ms = 0;
    if (sign == 'Z') ++*at;
    if (sign != '+' && sign != '-') return true;
    ++*at;
    if (!read_number(at, 2, ':', &hours) || !read_number(at, 2, 0, &minutes) || hours > 23 || minutes > 59)
        return false;
    int64_t offset_ms = (int64_t)hours * HOUR_MS + (int64_t)minutes * MINUTE_MS;
    *out_ms = sign == '+' ? offset_ms : -offset_ms;
    return true;
}

static bool read_date(const char **at, int64_t *out_ms)
{
    unsigned year, month, day;
    if (!read_number(at, 4, '-', &year) || !read_number(at, 2, '-', &month) || !read_number(at, 2, 'T', &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    *out_ms = days_from_date(year, month, day) * DAY_MS;
    return true;
}

static bool read_clock(const char **at, int64_t *out_ms)
{
    unsigned hour, minute, second;
    if (!read_number(at, 2, ':', &hour) || !read_number(at, 2, ':', &minute) ||
        !read_number(at, 2, 0, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) /* 60: a leap second, counted as the next minute's first */
        return false;
    *out_ms = ((int64_t)hour * 60 + minute) * MINUTE_MS + (int64_t)second * SECOND_MS;
    return true;
}

bool instant_parse(const char *text, int64_t *out_wall_ms)
{
    int64_t date_ms, clock_ms, fraction_ms, zone_ms;
    if (!text || !read_date(&text, &date_ms) || !read_clock(&text, &clock_ms)) return false;
    if (!read_fraction(&text, &fraction_ms) || !read_zone(&text, &zone_ms) || *text) return false;
    *out_wall_ms = date_ms + clock_ms + fraction_ms - zone_ms;
    return true;
}
