// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

/**
 * A dictionary as it survives the process. Nobody changes the content.
 *
 * @param id its number, which stands in every payload made with it
 * @param pool pool whose pages it was trained on
 * @param content what the codec digests
 */
@SuppressWarnings("ArrayRecordComponent")
public record SavedDictionary(int id, int pool, byte[] content) {}
