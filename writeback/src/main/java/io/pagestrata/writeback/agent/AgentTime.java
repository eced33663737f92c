// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.util.function.LongSupplier;

/**
 * Time as a duty meets it; comes from outside, so that a test can be both parts of it.
 *
 * @param nanoClock the clock it reads, in nanoseconds; the tiers use it too
 * @param pause the break it takes where it waits for another thread
 */
public record AgentTime(LongSupplier nanoClock, Pause pause) {}
