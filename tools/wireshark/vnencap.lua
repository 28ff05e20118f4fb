-- SPDX-License-Identifier: GPL-2.0-only
--
-- vnencap for Wireshark and tshark: the TCP option, the shards, and what they say of
-- the inner packet. See Documentation/wire-format.rst.
--
--	tshark -X lua_script:vnencap.lua -Y vnencap.vni==42
--
-- Or put it into a folder of plugins (Help, About Wireshark, Folders).
--
-- A frame's segments begin at sequence number 0, which TCP's dissector takes for
-- segments sent again. So this is a postdissector: it looks at each packet with the
-- option, whatever TCP has made of it. What is captured before segmentation or after
-- GRO has several segments in one packet.

local vnencap = Proto("vnencap", "vnencap overlay network")

local classes = { [0] = "atomic", [1] = "stream", [2] = "train", [3] = "parity" }
local lifted = { [0] = "none", [1] = "TCP", [2] = "UDP", [3] = "invalid" }
local shard_lengths = { [0] = 28, 32, 40, 48, 52, 56, 64, 68, 72, 76, 80, 92, 100, 108,
	144, 176 }

local f = {
	class = ProtoField.uint8("vnencap.class", "Class", base.DEC, classes),
	slots = ProtoField.uint8("vnencap.slots", "Slots", base.DEC),
	vni = ProtoField.uint32("vnencap.vni", "VNI", base.DEC),
	segsz = ProtoField.uint16("vnencap.segsz", "Segment size", base.DEC),
	shard_len = ProtoField.uint8("vnencap.shard_len", "Shard length", base.DEC),
	id = ProtoField.uint32("vnencap.id", "Frame", base.HEX),
	offset = ProtoField.uint32("vnencap.offset", "Offset in the frame", base.DEC),
	segment = ProtoField.uint32("vnencap.segment", "First segment", base.DEC),
	segments = ProtoField.uint32("vnencap.segments", "Segments", base.DEC),
	last = ProtoField.bool("vnencap.last", "Last of the frame"),
	parity = ProtoField.bool("vnencap.parity", "Parity follows the frame"),
	first = ProtoField.uint16("vnencap.parity.first", "First segment of the group", base.DEC),
	of_segsz = ProtoField.uint16("vnencap.parity.segsz", "Their size", base.DEC),
	of_class = ProtoField.uint8("vnencap.parity.class", "Their class", base.DEC, classes),
	group = ProtoField.uint8("vnencap.parity.segments", "Segments of the group", base.DEC),
	shard = ProtoField.bytes("vnencap.shard", "Shard"),
	tag = ProtoField.bytes("vnencap.tag", "Tag"),
	keyed = ProtoField.bool("vnencap.tag.keyed", "By a key, or wrong"),
	flags = ProtoField.uint8("vnencap.flags", "Flags", base.HEX),
	ipv6 = ProtoField.bool("vnencap.flags.ipv6", "IPv6", 8, nil, 0x01),
	l4 = ProtoField.uint8("vnencap.flags.l4", "Lifted header", base.DEC, lifted, 0x06),
	df = ProtoField.bool("vnencap.flags.df", "DF", 8, nil, 0x08),
	opts = ProtoField.bool("vnencap.flags.options", "IP options", 8, nil, 0x10),
	stamps = ProtoField.bool("vnencap.flags.timestamps", "Only timestamps", 8, nil, 0x20),
	partial = ProtoField.bool("vnencap.flags.partial", "Checksum not done", 8, nil, 0x40),
	urgent = ProtoField.bool("vnencap.flags.urgent", "Urgent pointer", 8, nil, 0x80),
	tos = ProtoField.uint8("vnencap.inner.tos", "TOS, traffic class", base.HEX),
	accecn = ProtoField.bool("vnencap.inner.accecn", "CWR in each segment"),
	asks = ProtoField.bool("vnencap.inner.asks", "Asks for the loss"),
	loss = ProtoField.uint8("vnencap.inner.loss", "Level of loss the other way", base.DEC),
	len = ProtoField.uint32("vnencap.inner.len", "Inner payload", base.DEC),
	ttl = ProtoField.uint8("vnencap.inner.ttl", "TTL, hop limit", base.DEC),
	gso = ProtoField.uint16("vnencap.inner.segsz", "Inner segment size", base.DEC),
	ip_id = ProtoField.uint16("vnencap.inner.id", "IPv4 id", base.HEX),
	src = ProtoField.ipv4("vnencap.inner.src", "Source"),
	dst = ProtoField.ipv4("vnencap.inner.dst", "Destination"),
	flow = ProtoField.uint24("vnencap.inner.flow", "Flow label", base.HEX),
	src6 = ProtoField.ipv6("vnencap.inner.src6", "Source"),
	dst6 = ProtoField.ipv6("vnencap.inner.dst6", "Destination"),
	proto = ProtoField.uint8("vnencap.inner.proto", "Protocol", base.DEC),
	frag = ProtoField.uint16("vnencap.inner.frag", "Fragment field", base.HEX),
	ip_opts = ProtoField.bytes("vnencap.inner.options", "IP options, extension headers"),
	sport = ProtoField.uint16("vnencap.inner.srcport", "Source port", base.DEC),
	dport = ProtoField.uint16("vnencap.inner.dstport", "Destination port", base.DEC),
	seq = ProtoField.uint32("vnencap.inner.seq", "Sequence number", base.DEC),
	ack = ProtoField.uint32("vnencap.inner.ack", "Acknowledgement number", base.DEC),
	tcp = ProtoField.uint16("vnencap.inner.tcp_flags", "Data offset, flags", base.HEX),
	window = ProtoField.uint16("vnencap.inner.window", "Window", base.DEC),
	urg = ProtoField.uint16("vnencap.inner.urgent", "Urgent pointer", base.DEC),
	tcp_opts = ProtoField.bytes("vnencap.inner.tcp_options", "TCP options"),
	sum = ProtoField.uint16("vnencap.inner.checksum", "Checksum", base.HEX),
}
local e = {
	short = ProtoExpert.new("vnencap.short", "The metadata is longer than the shard",
		expert.group.MALFORMED, expert.severity.ERROR),
	bad = ProtoExpert.new("vnencap.invalid", "Invalid", expert.group.MALFORMED,
		expert.severity.ERROR),
}
do
	local fields, experts = {}, {}
	for _, field in pairs(f) do fields[#fields + 1] = field end
	for _, one in pairs(e) do experts[#experts + 1] = one end
	vnencap.fields = fields
	vnencap.experts = experts
end

local tcp_options = Field.new("tcp.options")
local tcp_window = Field.new("tcp.window_size_value")
local tcp_seq = Field.new("tcp.seq_raw")
local tcp_ack = Field.new("tcp.ack_raw")
local tcp_push = Field.new("tcp.flags.push")
local tcp_payload = Field.new("tcp.payload")

-- Does a segment of the frame begin with a shard?
local function has_shard(index, slots, segsz)
	if index >= slots then return false end
	if slots <= (segsz <= 2048 and 8 or 3) then return true end
	return index == 0 or index == math.floor((slots - 1) / 2) or index == slots - 1
end

-- Four bytes as a little-endian number
local function word(bytes, at)
	local n = 0
	for i = 3, 0, -1 do n = n * 256 + bytes:get_index(at + i) end
	return n
end

-- Is the tag the one that a block has without a key?
local function is_unkeyed(option, window, ack, block)
	local bytes = ByteArray.new()
	local factor = UInt64(0x80b583eb, 0x61c88646)
	local sum = UInt64(0, 0)

	for _, range in ipairs({ ack, option(4, 4), window, block(6) }) do
		bytes:append(range:bytes())
	end
	for at = 0, bytes:len() - 1, 8 do
		local low, high = word(bytes, at), 0
		if at + 8 <= bytes:len() then high = word(bytes, at + 4) end
		sum = sum:bxor(UInt64(low, high)) * factor
		sum = UInt64(sum:higher(), sum:lower())
	end
	return block(0, 4):uint() == sum:higher() and
		block(4, 2):uint() == bit32.rshift(sum:lower(), 16)
end

-- A reader of the block: each field is put into the tree where it is.
local function reader(block, tree)
	local r = { at = 7 }

	function r.left() return block:len() - r.at end
	function r.take(field, len)
		if r.at + len > block:len() then error("short") end
		local range = block(r.at, len)
		tree:add(field, range)
		r.at = r.at + len
		return range
	end
	return r
end

local function read_ip(r, class, ipv6)
	local src, dst
	if class ~= 0 then r.take(f.gso, 2) end
	if ipv6 then
		r.take(f.flow, 3)
		src, dst = r.take(f.src6, 16):ipv6(), r.take(f.dst6, 16):ipv6()
	else
		r.take(f.ip_id, 2)
		src, dst = r.take(f.src, 4):ipv4(), r.take(f.dst, 4):ipv4()
	end
	return src, dst
end

local function read_options(r, block)
	local len = block(r.at, 1):uint()
	r.at = r.at + 1
	r.take(f.ip_opts, len)
end

local function read_tcp(r, block, flags)
	local sport, dport = r.take(f.sport, 2):uint(), r.take(f.dport, 2):uint()
	r.take(f.seq, 4)
	r.take(f.ack, 4)
	local len = bit32.rshift(r.take(f.tcp, 2):uint(), 12) * 4 - 20
	r.take(f.window, 2)
	if bit32.btest(flags, 0x80) then r.take(f.urg, 2) end
	if bit32.btest(flags, 0x20) then len = 8 end
	if len > 0 then r.take(f.tcp_opts, len) end
	return sport, dport
end

-- What the block says; returns it in short.
local function read_block(block, class, tree)
	local flags, l4 = block(6, 1):uint(), bit32.extract(block(6, 1):uint(), 1, 2)
	local ipv6, options = bit32.btest(flags, 0x01), bit32.btest(flags, 0x10)
	local ftree = tree:add(f.flags, block(6, 1))
	for _, one in ipairs({ f.ipv6, f.l4, f.df, f.opts, f.stamps, f.partial, f.urgent }) do
		ftree:add(one, block(6, 1))
	end
	local r = reader(block, tree)
	r.take(f.tos, 1)
	tree:add(f.accecn, block(8, 1), bit32.btest(block(8, 1):uint(), 0x80))
	tree:add(f.asks, block(8, 1), bit32.btest(block(8, 1):uint(), 0x40))
	tree:add(f.loss, block(8, 1), bit32.band(bit32.rshift(block(8, 1):uint(), 3), 7))
	tree:add(f.len, block(8, 3), bit32.band(block(8, 3):uint(), 0x7ffff))
	r.at = 11
	r.take(f.ttl, 1)
	local src, dst = read_ip(r, class, ipv6)
	local what = lifted[l4]
	if l4 == 0 or (ipv6 and options) then
		local proto = r.take(f.proto, 1):uint()
		if l4 == 0 then what = "protocol " .. proto end
	end
	if not ipv6 and l4 == 0 then r.take(f.frag, 2) end
	if options then read_options(r, block) end
	local sport, dport
	if l4 == 1 then
		sport, dport = read_tcp(r, block, flags)
	elseif l4 == 2 then
		sport, dport = r.take(f.sport, 2):uint(), r.take(f.dport, 2):uint()
	end
	if l4 ~= 0 and not bit32.btest(flags, 0x40) then r.take(f.sum, 2) end
	if sport then
		return string.format("%s %s:%d > %s:%d", what, src, sport, dst, dport)
	end
	return string.format("%s %s > %s", what, src, dst)
end

local function add_shard(block, class, tree, seen)
	local stree = tree:add(f.shard, block)
	stree:add(f.tag, block(0, 6))
	stree:add(f.keyed, block(0, 6), not is_unkeyed(seen.option, seen.window, seen.ack, block))
	local good, says = pcall(read_block, block, class, stree)
	if not good then
		stree:add_proto_expert_info(e.short)
		return nil
	end
	stree:append_text(": " .. says)
	return says
end

-- The shards of all segments that are in this packet
local function add_shards(payload, o, tree, seen)
	local says
	for at = 0, payload:len() - 1, o.segsz do
		local index = (o.offset + at) / o.segsz
		if has_shard(index, o.slots, o.segsz) and payload:len() - at >= o.shard_len then
			local one = add_shard(payload(at, o.shard_len), o.class, tree, seen)
			says = says or one
		end
	end
	return says
end

local function add_header(seen, tree)
	local option, window = seen.option, seen.window
	local o = {
		class = bit32.rshift(option(4, 1):uint(), 6),
		slots = bit32.band(option(4, 1):uint(), 0x3f),
		segsz = bit32.rshift(window:uint(), 4) * 4,
		shard_len = shard_lengths[bit32.band(window:uint(), 15)],
		offset = seen.seq:uint(),
		vni = option(5, 3):uint(),
	}
	tree:add(f.class, option(4, 1), o.class)
	tree:add(f.slots, option(4, 1), o.slots)
	tree:add(f.vni, option(5, 3))
	tree:add(f.segsz, window, o.segsz)
	tree:add(f.shard_len, window, o.shard_len)
	tree:add(f.id, seen.ack)
	tree:add(f.offset, seen.seq)
	return o
end

-- The eight bytes of the option, if this is a segment of ours
local function find_option()
	local field = tcp_options()
	if not field then return nil end
	local option = field.range
	if option:len() ~= 8 then return nil end
	local first = option(0, 4):uint()
	if first ~= 0xfd085651 and first ~= 0xfd085652 then return nil end
	return option
end

-- What parity segments begin with
local function add_parity(payload, seen, tree)
	if payload:len() < 12 then return end
	tree:add(f.tag, payload(0, 6))
	tree:add(f.keyed, payload(0, 6), not is_unkeyed(seen.option, seen.window, seen.ack,
		payload(0, 12)))
	tree:add(f.first, payload(6, 2))
	tree:add(f.of_segsz, payload(8, 2), bit32.rshift(payload(8, 2):uint(), 4) * 4)
	tree:add(f.of_class, payload(10, 1), bit32.rshift(payload(10, 1):uint(), 6))
	tree:add(f.group, payload(11, 1))
	return string.format("of %d-%d", payload(6, 2):uint(),
		payload(6, 2):uint() + payload(11, 1):uint() - 1)
end

function vnencap.dissector(tvb, pinfo, root)
	local option = find_option()
	if not option then return end
	local seen = { option = option, window = tcp_window().range, seq = tcp_seq().range,
		ack = tcp_ack().range }
	local tree = root:add(vnencap, option)
	local o = add_header(seen, tree)
	local text = string.format("vni %d %s frame %08x", o.vni, classes[o.class],
		seen.ack:uint())

	local parity = option(2, 2):uint() == 0x5652
	local least = (parity and o.class == 3) and 16 or 256
	tree:add(f.parity, option(2, 2), parity)
	if (o.class == 3 and not parity) or o.slots == 0 or o.segsz < least or
			o.offset % o.segsz ~= 0 then
		tree:add_proto_expert_info(e.bad)
	elseif tcp_payload() then
		local payload = tcp_payload().range
		local first, n = o.offset / o.segsz, math.ceil(payload:len() / o.segsz)
		tree:add(f.segment, seen.seq, first)
		tree:add(f.segments, payload, n)
		tree:add(f.last, option, tcp_push().value)
		text = text .. string.format(" segment %d", first)
		if n > 1 then text = text .. string.format("-%d", first + n - 1) end
		local says
		if o.class == 3 then says = add_parity(payload, seen, tree)
		else says = add_shards(payload, o, tree, seen) end
		if says then text = text .. " " .. says end
	end
	tree:append_text(": " .. text)
	pinfo.cols.protocol = "vnencap"
	-- whatever TCP has said of segments that are sent again
	pinfo.cols.info:clear_fence()
	pinfo.cols.info:set(text)
end

register_postdissector(vnencap)
