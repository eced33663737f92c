// SPDX-License-Identifier: Apache-2.0
/**
 * Decides where each page lives.
 *
 * <h2>Where to start</h2>
 *
 * {@link io.pagestrata.core.PageStore} says what can be done. How it is done each reads from top to
 * bottom: {@code PutJourney}, {@code GetJourney} (get and take), {@code Removals} (flush), and in
 * {@code Claims}, {@code Commits} and {@code Promotions} what becomes of a zpage on its way between
 * tiers. One 64-bit word per page ({@link io.pagestrata.core.table.Entry}) says where its only
 * valid copy is, and every change of state is one compare-and-set on that word.
 *
 * <h2>What lies around it</h2>
 *
 * {@code table} holds the words, {@code tier} and {@code codec} are the ports to the places and
 * codecs, {@code dictionary} is the port to what codecs learn, {@code eviction} says which zpages
 * of a RAM tier go first, {@code movement} is the port to whoever moves zpages between tiers,
 * {@code stats} is what can be counted, {@code check} what a look at the files of a store found.
 * Nothing here opens a file or starts a thread.
 */
package io.pagestrata.core;
