// SPDX-License-Identifier: Apache-2.0
/** The codec port: how the payload of a zpage is made from a page and turned back into it. */
package io.pagestrata.core.codec;
