// SPDX-License-Identifier: Apache-2.0
/** The codecs that make the payload of a zpage: none, lz4 and zstd. */
package io.pagestrata.tiers.codec;
