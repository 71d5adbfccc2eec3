# Removes all that setup.rsc and the agent put on the router. Stop the agent first.
# A rule without the mark [backon] was typed by a person and stays.

/ipv6/firewall/filter/remove [find comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]"]

# Entries of the profile address-list; they would go by themselves too.
/ipv6/firewall/address-list/remove [find list=backon-block-v6 comment~"\\[backon\\]"]

/user/remove [find name=backon]
/user/group/remove [find name=backon]

# If www-ssl was in use before, put its old certificate and addresses back instead.
/ip/service/set www-ssl disabled=yes certificate=none address=""
/certificate/remove [find name=backon-https]
/certificate/remove [find name~"^backon-https-"]
/certificate/remove [find name=backon-ca]
/file/remove [find name="backon-ca.crt"]
