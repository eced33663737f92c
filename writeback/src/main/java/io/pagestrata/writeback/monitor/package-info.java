// SPDX-License-Identifier: Apache-2.0
/** The monitor of all movements: counters, events, and the log lines made of them. */
package io.pagestrata.writeback.monitor;
