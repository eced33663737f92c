// SPDX-License-Identifier: Apache-2.0
/**
 * Decides where each page lives.
 *
 * <h2>Where to start</h2>
 *
 * {@link io.pagestrata.core.PageStore} tells the whole story: put, get, take and flush each read
 * from top to bottom. One 64-bit word per page ({@link io.pagestrata.core.table.Entry}) says where
 * its only valid copy is, and every change of state is one compare-and-set on that word.
 *
 * <h2>What lies around it</h2>
 *
 * {@code table} holds the words, {@code tier} and {@code codec} are the ports to the places and
 * codecs, {@code movement} is the port to whoever moves zpages between tiers, {@code stats} is what
 * can be counted. Nothing here opens a file or starts a thread.
 */
package io.pagestrata.core;
