# Removes all that setup.rsc and the agent put on the router. Stop the agent first.
# A rule with another comment was typed by a person and stays, whatever else it says.

/ipv6/firewall/filter/remove [find comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]"]

# Entries of the profile address-list; they would go by themselves too.
/ipv6/firewall/address-list/remove [find list=backon-block-v6 comment="Docker Hub IPv6 is broken here; goes by itself [backon]"]

# Which clusters use the rule; they would go by themselves too.
/ipv6/firewall/address-list/remove [find list=backon-clusters]

/user/remove [find name=backon]
/user/group/remove [find name=backon]

# If www-ssl was in use before, put its old certificate and addresses back instead.
/ip/service/set www-ssl disabled=yes certificate=none address=""
/certificate/remove [find name=backon-https]
/certificate/remove [find name~"^backon-https-"]
/certificate/remove [find name=backon-ca]
/file/remove [find name="backon-ca.crt"]
