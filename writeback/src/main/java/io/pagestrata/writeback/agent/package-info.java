// SPDX-License-Identifier: Apache-2.0
/** Background duties as objects with {@code doWork()}, and the thread that repeats one. */
package io.pagestrata.writeback.agent;
