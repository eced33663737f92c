// SPDX-License-Identifier: Apache-2.0
/**
 * The codecs that make the payload of a zpage: none, lz4 and zstd; the dictionaries that zstd
 * learns, and what makes zpages denser later.
 */
package io.pagestrata.tiers.codec;
