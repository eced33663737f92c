// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * How far one {@link WriteBudget} is used.
 *
 * @param name what the budget is for: the name of a tier, or {@code tenant:} and that of a tenant
 * @param epochDay gauge: day in force, counted from 1970-01-01
 * @param usedTodayBytes gauge: bytes written in it
 * @param bytesPerDay gauge: limit per day, {@link WriteBudget#NO_LIMIT} for none
 * @param bytesPerSecond gauge: limit per second, {@link WriteBudget#NO_LIMIT} for none
 * @param usedUp gauge: whether nothing is written before tomorrow
 * @param refusals writes refused
 */
public record WriteBudgetStats(
    String name,
    long epochDay,
    long usedTodayBytes,
    long bytesPerDay,
    long bytesPerSecond,
    boolean usedUp,
    long refusals) {}
