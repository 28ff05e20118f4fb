# SPDX-License-Identifier: GPL-2.0-only
#
# selftests/vm/run's eye on its guest: is that alive?
# shellcheck shell=bash disable=SC2154 # a part of selftests/vm/run

# What the guest has said so far and put into the folder: a change is a sign of
# life.
signs()
{
	find "$out" -type f -printf '%p %s %T@\n' 2>/dev/null
}

# waited PID: for how long, in nanoseconds, one of its threads was ready to run
# and was not let; of the thread for which that is the most
waited()
{
	local file delay most=0
	for file in "/proc/$1/task"/*/schedstat; do
		read -r _ delay _ 2>/dev/null <"$file" || continue
		((delay <= most)) || most=$delay
	done
	echo "$most"
}

# watch PID: kill it when it hangs; why is then in $work/hang.
watch()
{
	local never last='' this quiet=0 total=0
	local now was=${EPOCHREALTIME/[.,]/} delay delay_was=0 own
	exec {never}<> <(:)
	while :; do
		read -rt 2 -u "$never" || :
		now=${EPOCHREALTIME/[.,]/} delay=$(waited "$1")
		own=$((now - was - (delay - delay_was) / 1000))
		# whoever may have set the clock meanwhile
		((own > 0)) || own=0
		((own < 10000000)) || own=10000000
		was=$now delay_was=$delay
		total=$((total + own)) quiet=$((quiet + own))
		this=$(signs)
		[[ $this == "$last" ]] || quiet=0
		last=$this
		if ((quiet >= limit * 1000000)); then
			hang "$1" "nothing came out of the guest for $limit s"
		elif ((total >= limit * 6000000)); then
			hang "$1" "the guest did not end in $((limit * 6)) s"
		fi
	done
}

# The guest is told first, and shows what hangs, and where.
hang()
{
	local i
	touch "$out/hangs"
	for ((i = 0; i < 15 && icount == 0; i++)); do
		read -rt 2 -u "$never" || :
	done
	echo "$2" >"$work/hang"
	end_machine "$1"
	read -rt 5 -u "$never" || :
	kill -9 "$1"
}
