// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

/**
 * One pool, as it was found.
 *
 * @param id of the pool
 * @param name of the pool
 * @param tenant who owns it
 * @param shared whether several users share it
 * @param pages pages alive in it
 * @param bytes bytes of their records
 */
public record PoolFacts(
    int id, String name, String tenant, boolean shared, long pages, long bytes) {}
