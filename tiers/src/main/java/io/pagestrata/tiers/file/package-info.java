// SPDX-License-Identifier: Apache-2.0
/**
 * The file tier: packed, append-only segment files, and what else is in their directory.
 *
 * <h2>A running store</h2>
 *
 * {@link io.pagestrata.tiers.file.FileTier} is what the store sees. {@code Segments} are the files
 * that it has, {@code SegmentWriter} appends to them, {@code Cleaner} copies the living out of
 * sparse ones, {@code Scrubber} verifies them. {@code SegmentLog} makes them durable: it recovers
 * at the start and saves the {@code Manifest}; {@code DictionaryFiles} and {@code BudgetFile} are
 * kept beside them. {@code SegmentFormat} is their layout.
 *
 * <h2>A stopped store</h2>
 *
 * {@link io.pagestrata.tiers.file.StoreCheck} looks at a directory from outside. {@code
 * CheckedDirectory} is what there is, {@code SegmentExam} reads a segment, {@code PageReview} says
 * which records are alive, {@code Repair} puts right what can be. Nothing that runs knows these.
 */
package io.pagestrata.tiers.file;
